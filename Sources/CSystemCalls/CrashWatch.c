#define _GNU_SOURCE
#include "CrashWatch.h"

#include "FileCalls.h"
#include "GuardPages.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define THREADS 1024

// Nothing is ever mapped in the first bytes of memory, where NULL and an index behind it lead, nor in the last, where
// MAP_FAILED leads.
#define NOWHERE ((uintptr_t)1 << 20)
// Less than this below a limit, and the limit is reached.
#define NEARLY ((uint64_t)16 << 20)

typedef struct {
   int     id;
   int64_t stage;
   int64_t item;
} left_thread;

static const int  fatal[] = {SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGSYS};
static struct sigaction previous[NSIG];

static uint64_t       *crash_words;
static const uint64_t *slot_words;
static uint64_t        slots;
static int             alone;

// Written by one thread only; the signal handler reads it.
static left_thread threads[THREADS];
static int         thread_count;

static _Thread_local int own_slot = -1;
static _Thread_local int refused;

void lattice_crash_slot(int slot) { own_slot = slot; }

void lattice_crash_thread(int id, int64_t stage, int64_t item) {
   // Numbers of threads come round again; the newest entry counts.
   threads[thread_count % THREADS] = (left_thread){id, stage, item};
   thread_count++;
}

static const left_thread *left_behind(int id) {
   for (int i = thread_count - 1; i >= 0 && i >= thread_count - THREADS; i--)
      if (threads[i % THREADS].id == id) return &threads[i % THREADS];
   return NULL;
}

// The first slot at work, of this stage + 1 or, with 0, of any.
static int64_t working_slot(uint64_t stage) {
   for (uint64_t i = 0; i < slots; i++) {
      uint64_t word = lattice_word_load(slot_words + 2 * i);
      if (word != 0 && (stage == 0 || word == stage)) return (int64_t)i;
   }
   return -1;
}

void lattice_crash_note(void) {
   if (!crash_words || lattice_word_load(crash_words) != 0) return;
   uint64_t stage = 0, item = 0;
   int64_t  slot = own_slot;
   if (slot < 0 || (uint64_t)slot >= slots || lattice_word_load(slot_words + 2 * slot) == 0) {
      const left_thread *thread = left_behind((int)syscall(SYS_gettid));
      slot = thread ? working_slot((uint64_t)thread->stage + 1) : alone ? working_slot(0) : -1;
      if (thread) stage = (uint64_t)thread->stage + 1, item = (uint64_t)(thread->item + 1);
   }
   if (slot >= 0) {
      stage = lattice_word_load(slot_words + 2 * slot);
      item = lattice_word_load(slot_words + 2 * slot + 1);
   }
   lattice_word_store(crash_words + 1, stage);
   lattice_word_store(crash_words + 2, item);
   lattice_word_store(crash_words, 1);
}

void lattice_memory_begin(void) {
   refused = 0;
   errno = 0;
}

void lattice_memory_refuse(void) { refused = 1; }

int lattice_memory_is_refused(void) { return refused || errno == ENOMEM; }

static int is_nearly(int kind, uint64_t used) {
   struct rlimit limit;
   if (getrlimit(kind, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY) return 0;
   return limit.rlim_cur < NEARLY || used > limit.rlim_cur - NEARLY;
}

// Whether this process has about all the memory that it may have: of threads of a plugin's own nothing else is known.
static int is_at_limit(void) {
   char text[256];
   int  file = open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
   if (file < 0) return 0;
   ssize_t count = read(file, text, sizeof text);
   close(file);
   // size resident shared text lib data
   uint64_t pages[6] = {0};
   int      field = 0;
   for (ssize_t i = 0; i < count && field < 6; i++) {
      if (text[i] == ' ') field++;
      if (text[i] >= '0' && text[i] <= '9') pages[field] = pages[field] * 10 + (uint64_t)(text[i] - '0');
   }
   uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
   return is_nearly(RLIMIT_AS, pages[0] * page) || is_nearly(RLIMIT_DATA, pages[5] * page);
}

static void note_refusal(const siginfo_t *info, int code) {
   uintptr_t address = (uintptr_t)info->si_addr;
   // What the processor takes for no address at all comes without one.
   if (info->si_code != SEGV_MAPERR && info->si_code != SEGV_ACCERR) return;
   if (address >= NOWHERE && address <= UINTPTR_MAX - NOWHERE) return;
   if (!crash_words || lattice_word_load(crash_words) != 0) return;
   if (!refused && code != ENOMEM && !is_at_limit()) return;
   lattice_word_store(crash_words + 4, address);
   lattice_word_store(crash_words + 3, 1);
}

static int is_write(const void *context) {
#if defined(__x86_64__)
   return (((const ucontext_t *)context)->uc_mcontext.gregs[REG_ERR] & 2) != 0;
#else
   (void)context;
   return 1;
#endif
}

static void on_fault(int signal, siginfo_t *info, void *context) {
   int code = errno;
   if (signal == SIGSEGV) note_refusal(info, code);
   lattice_crash_note();
   if (signal == SIGSEGV || signal == SIGBUS) lattice_guarded_explain(info->si_addr, is_write(context));
   sigaction(signal, &previous[signal], NULL);
   // A fault comes again in its instruction; a signal that was sent, or a breakpoint, does not.
   if (info->si_code <= 0 || signal == SIGTRAP || signal == SIGSYS) raise(signal);
}

void lattice_watch_crashes(uint64_t *crash, const uint64_t *words, uint64_t slot_count, int is_alone) {
   crash_words = crash;
   slot_words = words;
   slots = slot_count;
   alone = is_alone;
   struct sigaction action = {.sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK};
   sigemptyset(&action.sa_mask);
   for (size_t i = 0; i < sizeof fatal / sizeof *fatal; i++) {
      struct sigaction now;
      if (sigaction(fatal[i], NULL, &now) == 0 && now.sa_sigaction != on_fault) previous[fatal[i]] = now;
      sigaction(fatal[i], &action, NULL);
   }
}
