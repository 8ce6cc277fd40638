/* Which of the two a call is: `--plan FD --outcome FD` is for tsbuild itself, everything else becomes Node. */
#include "launcher.h"

static bool number_of(const char *text, long *number) {
  char *end;
  errno = 0;
  *number = strtol(text, &end, 10);
  return errno == 0 && end != text && *end == '\0' && *number >= 0 && *number <= INT_MAX;
}

static int run_plan(int argc, char **argv) {
  struct monitor_options options = {.plan_fd = -1, .outcome_fd = -1, .parent = getppid()};
  for (int at = 1; at < argc; at++) {
    long number;
    if (strcmp(argv[at], "--detached") == 0) {
      options.detached = true;
    } else if (at + 1 < argc && number_of(argv[at + 1], &number)) {
      if (strcmp(argv[at], "--plan") == 0) options.plan_fd = (int)number;
      else if (strcmp(argv[at], "--outcome") == 0) options.outcome_fd = (int)number;
      else if (strcmp(argv[at], "--parent") == 0) options.parent = (pid_t)number;
      else break;
      at++;
    } else {
      break;
    }
  }
  if (options.plan_fd < 0 || options.outcome_fd < 0) {
    fputs("tsbuild: --plan wants a descriptor, and so does --outcome\n", stderr);
    return 125;
  }
  return monitor_run(&options);
}

int main(int argc, char **argv) {
  if (argc > 1 && strcmp(argv[1], "--plan") == 0) return run_plan(argc, argv);
  return enter(argc, argv);
}
