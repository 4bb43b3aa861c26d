#include "ProcessCalls.h"

#include <pthread.h>
#include <stdlib.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pid_t          *children;
static size_t          count, capacity;

void lattice_note_child(pid_t pid) {
   pthread_mutex_lock(&mutex);
   if (count == capacity) {
      size_t more = capacity ? capacity * 2 : 16;
      pid_t *grown = realloc(children, more * sizeof *grown);
      if (grown) {
         children = grown;
         capacity = more;
      }
   }
   if (count < capacity) children[count++] = pid;
   pthread_mutex_unlock(&mutex);
}

void lattice_forget_child(pid_t pid) {
   pthread_mutex_lock(&mutex);
   size_t kept = 0;
   for (size_t i = 0; i < count; i++)
      if (children[i] != pid) children[kept++] = children[i];
   count = kept;
   pthread_mutex_unlock(&mutex);
}

int lattice_is_noted_child(pid_t pid) {
   int found = 0;
   pthread_mutex_lock(&mutex);
   for (size_t i = 0; i < count && !found; i++) found = children[i] == pid;
   pthread_mutex_unlock(&mutex);
   return found;
}
