// A shared library like any other.
#include <lattice_stage.h>

LATTICE_EXPORT int answer(void) { return 42; }
