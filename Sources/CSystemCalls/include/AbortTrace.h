// The stack of a call to abort.
//
// The Swift runtime's own report follows frame pointers, which the C library's abort does without: it ends at the
// first frame. This one unwinds by the tables that every library carries.
#ifndef LATTICE_ABORT_TRACE_H
#define LATTICE_ABORT_TRACE_H

// From now on SIGABRT first writes its stack to standard error, a line `NUMBER 0xADDRESS NAME + OFFSET in LIBRARY` for
// each frame, innermost first, and then goes where it went before. Call it once, before threads start.
void lattice_trace_aborts(void);

// True once that has happened: what is done about SIGABRT is no longer what it was.
int lattice_abort_was_traced(void);

#endif // LATTICE_ABORT_TRACE_H
