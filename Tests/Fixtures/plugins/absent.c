// The library that needs_library.c is linked against; it is deleted before that one is loaded.
int absent_answer(void) { return 42; }
