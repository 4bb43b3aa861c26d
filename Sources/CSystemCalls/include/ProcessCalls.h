// Calls about processes that Swift's Glibc module lacks. Each sets no global and keeps nothing; a result below
// 0 is a negated errno.
#ifndef LATTICE_PROCESS_CALLS_H
#define LATTICE_PROCESS_CALLS_H

#include <stdint.h>
#include <sys/types.h>

// Starts `path` as the leader of a new session, with default signal actions and an empty signal mask.
//
// The child gets `input` as descriptor 0, `output` as 1 and 2, `lifeline` as 3, and no other descriptor; the
// caller keeps its own. `arguments` and `environment` end with NULL. Returns the process id.
pid_t lattice_spawn(const char *path, char *const arguments[], char *const environment[], int input,
                    int output, int lifeline);

// Opens a descriptor that polls readable once process `pid` has ended; close-on-exec.
int lattice_pidfd_open(pid_t pid);

// Sends `signal` to the process of a pidfd: never to another that got its number.
int lattice_pidfd_send_signal(int pidfd, int signal);

// Makes a pipe whose ends are close-on-exec; `ends[0]` reads. Returns 0.
int lattice_pipe(int ends[2]);

// Blocks SIGTERM, SIGINT and SIGHUP and returns a non-blocking, close-on-exec descriptor that delivers them.
//
// To be called before any thread is started.
int lattice_stop_signals(void);

// Lets a write into a pipe that nobody reads fail instead of ending this process. What lattice_spawn starts is not
// concerned.
void lattice_ignore_broken_pipes(void);

// Makes this process the parent of whatever its descendants leave behind when they end; children that it has already
// are noted as its own. Returns 0.
int lattice_adopt_orphans(void);

// Whether lattice_adopt_orphans was called.
int lattice_adopts_orphans(void);

// The children that this process started itself, to tell them from those it adopted. lattice_spawn notes its own; each
// is forgotten once it has been waited for. Of any thread.
void lattice_note_child(pid_t pid);
void lattice_forget_child(pid_t pid);
int  lattice_is_noted_child(pid_t pid);

// Kills the children that this process did not start itself, and waits for those of them that have ended. What they
// leave behind comes to this process in turn, if it adopts orphans, so that it takes a few calls until none is left.
// Returns how many there were.
int lattice_end_orphans(void);

// The next signal waiting in a descriptor of lattice_stop_signals, or 0 when there is none.
int lattice_next_signal(int descriptor);

// From now on this process is killed when the thread of `parent` that started it ends, and once it has used so many
// seconds of CPU time. Returns 0, or -ESRCH when `parent` is gone already.
int lattice_tie_to_parent(pid_t parent, uint64_t cpu_seconds);

// Bytes of this process's heap that were allocated and not given back.
int64_t lattice_heap_bytes(void);

#endif
