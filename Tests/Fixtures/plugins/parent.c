// Stages that start processes and leave them: each in a session of its own, of a parent that is gone, without
// environment. The file `note` gets a line with the number of each.
//
//   parent.leave  copies its input
//   parent.crash  calls abort then
//   parent.wait   sleeps forever then
//
// With LATTICE_TEST_NOTE in the environment it starts one when it is loaded, too.
#include "fixture.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

static void leave(const char *note) {
  pid_t first = fork();
  if (first == 0) {
    setsid();
    if (fork() == 0) {
      char  line[32];
      int   file = open(note, O_WRONLY | O_CREAT | O_APPEND, 0644);
      char *nothing[] = {NULL}, *arguments[] = {"sleep", "300", NULL};
      int   length = snprintf(line, sizeof line, "%d\n", (int)getpid());
      if (file < 0 || write(file, line, (size_t)length) < 0) _exit(1);
      close(file);
      execve("/bin/sleep", arguments, nothing);
      _exit(1);
    }
    _exit(0);
  }
  waitpid(first, NULL, 0);
}

// Waits until the process that was left has written its number.
static void leave_and_see(const char *note) {
  leave(note);
  for (int i = 0; i < 2000 && access(note, F_OK) != 0; i++) usleep(1000);
  usleep(20000);
}

__attribute__((constructor)) static void loaded(void) {
  const char *note = getenv("LATTICE_TEST_NOTE");
  if (note) leave_and_see(note);
}

static lattice_status process(void *self, lattice_batch *batch) {
  const fixture *stage = self;
  const char    *found = strstr(stage->params, "\"note\":\"");
  char           note[4096] = "";
  if (found) snprintf(note, sizeof note, "%.*s", (int)strcspn(found + 8, "\""), found + 8);
  leave_and_see(note);
  if (!strcmp(stage->id, "parent.crash")) abort();
  while (!strcmp(stage->id, "parent.wait")) sleep(100);
  return fixture_copy(stage, batch);
}

#define SCHEMA                                                                                                      \
  "{\"type\":\"object\",\"additionalProperties\":false,\"required\":[\"note\"],\"properties\":{\"note\":"           \
  "{\"type\":\"string\",\"description\":\"Where numbers of processes are written.\"}}}"

static const lattice_stage table[] = {
  FIXTURE_STAGE("parent.leave", SCHEMA, process), FIXTURE_STAGE("parent.crash", SCHEMA, process),
  FIXTURE_STAGE("parent.wait", SCHEMA, process)};
static const lattice_stage *const stages[] = {&table[0], &table[1], &table[2]};
static const lattice_stage_module module = FIXTURE_MODULE("org.lattice.parent", stages);

LATTICE_EXPORT const lattice_stage_module *lattice_stage_module_v1(uint32_t host_minor, const char **why) {
  (void)host_minor;
  (void)why;
  return &module;
}
