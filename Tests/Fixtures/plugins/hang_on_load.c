// Never finishes loading.
#include <unistd.h>

__attribute__((constructor)) static void load(void) {
  for (;;) sleep(100);
}
