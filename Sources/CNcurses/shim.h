// ncurses as Swift can use it: macros as constants, global variables behind functions, and a guard that gives the
// terminal back when the program crashes. (`stdscr` is a global variable and `A_BOLD` an expression: Swift's strict
// concurrency refuses the one and its importer skips the other.)
#pragma once
#define _XOPEN_SOURCE_EXTENDED 1
#include <langinfo.h>
#include <locale.h>
#include <ncurses.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

static const attr_t PATROL_A_NORMAL = A_NORMAL;
static const attr_t PATROL_A_BOLD = A_BOLD;
static const attr_t PATROL_A_DIM = A_DIM;
static const attr_t PATROL_A_REVERSE = A_REVERSE;
static const attr_t PATROL_A_UNDERLINE = A_UNDERLINE;

/// Opens the terminal of TERM on standard input and output; NULL when TERM names no known terminal.
static inline SCREEN *patrol_screen_open(void) { return newterm(NULL, stdout, stdin); }
static inline WINDOW *patrol_window(void) { return stdscr; }
static inline int patrol_rows(void) { return getmaxy(stdscr); }
static inline int patrol_columns(void) { return getmaxx(stdscr); }
static inline int patrol_colour_pairs(void) { return COLOR_PAIRS; }
static inline const char *patrol_codeset(void) { return nl_langinfo(CODESET); }

/// What the crash handler needs, prepared while all is well.
struct patrol_crash_guard {
    struct termios terminal;
    char restore[128];
    size_t length;
    struct sigaction previous[NSIG];
};

// A static inside a function: those of a header at file level are not emitted for Swift.
static inline struct patrol_crash_guard *patrol_guard(void) {
    static struct patrol_crash_guard guard;
    return &guard;
}

char *tigetstr(const char *);

/// Calls only what POSIX allows in a signal handler: write, tcsetattr, sigaction, raise.
static inline void patrol_crashed(int number) {
    struct patrol_crash_guard *guard = patrol_guard();
    if (write(STDOUT_FILENO, guard->restore, guard->length) < 0) { }
    tcsetattr(STDIN_FILENO, TCSANOW, &guard->terminal);
    // What was there before ends the program, and says why if it can.
    sigaction(number, &guard->previous[number], NULL);
    raise(number);
}

static inline void patrol_remember(struct patrol_crash_guard *guard, const char *capability) {
    const char *text = tigetstr(capability);
    if (text == NULL || text == (const char *)-1) return;
    size_t length = strlen(text);
    if (guard->length + length > sizeof guard->restore) return;
    memcpy(guard->restore + guard->length, text, length);
    guard->length += length;
}

/// To be called once the screen is open, with the terminal's state from before; from one Swift file only, because each
/// object file has a guard of its own.
static inline void patrol_guard_crashes(const struct termios *before) {
    static const int numbers[] = { SIGSEGV, SIGBUS, SIGILL, SIGFPE, SIGTRAP, SIGABRT };
    struct patrol_crash_guard *guard = patrol_guard();
    guard->terminal = *before;
    guard->length = 0;
    patrol_remember(guard, "sgr0");
    patrol_remember(guard, "cnorm");
    patrol_remember(guard, "rmkx");
    patrol_remember(guard, "rmcup");
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = patrol_crashed;
    sigemptyset(&action.sa_mask);
    action.sa_flags = SA_ONSTACK | SA_NODEFER;
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        sigaction(numbers[i], &action, &guard->previous[numbers[i]]);
}
