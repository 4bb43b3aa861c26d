#define _GNU_SOURCE
#include "lattice_processor.h"

#include <sched.h>

int32_t lattice_processor(void) { return sched_getcpu(); }

void lattice_leave_processor(int32_t processor) {
   cpu_set_t allowed;
   if (processor < 0 || processor >= CPU_SETSIZE || sched_getaffinity(0, sizeof allowed, &allowed) != 0) return;
   cpu_set_t others = allowed;
   CPU_CLR(processor, &others);
   if (CPU_COUNT(&others) == 0 || sched_setaffinity(0, sizeof others, &others) != 0) return;
   sched_setaffinity(0, sizeof allowed, &allowed);
}
