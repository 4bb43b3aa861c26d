// Takes the process along before the host has asked it anything.
#include <stdlib.h>

__attribute__((constructor)) static void load(void) { abort(); }
