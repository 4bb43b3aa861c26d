// Who was at work when this process died.
#ifndef LATTICE_CRASH_WATCH_H
#define LATTICE_CRASH_WATCH_H

#include <stdint.h>

// From now on a fatal fault first notes in `crash` whose it is, and writes to standard error what a guarded block says
// of it; then the signal goes where it went before.
//
// `slots` holds two words for each of `slot_count` threads, stage + 1 and item + 1, where 0 stands for none. `crash` gets
// the two words of the thread that died, and then 1 in its first word: 1, stage + 1, item + 1; then 1 and the address when
// it used an address where nothing ever lies after memory was refused to it. A thread that is known
// neither by lattice_crash_slot nor by lattice_crash_thread is taken for the only stage at work when `is_alone` is set,
// and for nobody otherwise. All memory has to stay mapped. Call it once, before plugins are loaded.
void lattice_watch_crashes(uint64_t *crash, const uint64_t *slots, uint64_t slot_count, int is_alone);

// The calling thread is told apart by `slot` from now on.
void lattice_crash_slot(int slot);

// Thread `id` was left behind by a stage, both counted from 0, at work on an item; -1 stands for no item. It is taken for
// the stage's call that runs when it dies, or else for this item's.
void lattice_crash_thread(int id, int64_t stage, int64_t item);

// Notes that the calling thread dies, as the handlers do.
void lattice_crash_note(void);

// A call into a plugin begins on this thread: what was refused before is no reason for what happens in it.
void lattice_memory_begin(void);

// Memory was refused to the call that runs on this thread.
void lattice_memory_refuse(void);

// Whether memory was refused to the call that runs on this thread, by the host or, as errno says, by the C library.
int lattice_memory_is_refused(void);

#endif // LATTICE_CRASH_WATCH_H
