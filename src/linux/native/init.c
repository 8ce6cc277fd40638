/*
 * Process 1 for programs that were not written to be one: passes signals on to its one child, reaps whatever ends
 * up with it, and ends as its child did. A process 1 cannot die of a signal, so that becomes 128 + the signal.
 */
#include "launcher.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

static _Noreturn void reap(pid_t program, const sigset_t *all) {
  for (;;) {
    siginfo_t info;
    if (sigwaitinfo(all, &info) < 0) continue;
    /* What the terminal sent went to the whole foreground group, which the program leads. */
    if (info.si_signo != SIGCHLD) {
      if (info.si_code <= 0) kill(program, info.si_signo);
      continue;
    }
    int status;
    pid_t pid;
    while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
      if (pid != program) continue;
      if (WIFEXITED(status)) _exit(WEXITSTATUS(status));
      if (WIFSIGNALED(status)) _exit(128 + WTERMSIG(status));
    }
  }
}

static void lead_foreground(void) {
  signal(SIGTTOU, SIG_IGN);
  setpgid(0, 0);
  tcsetpgrp(STDIN_FILENO, getpid());
}

void init_split(void) {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_SETMASK, &all, NULL);
  pid_t program = fork();
  if (program == 0) {
    lead_foreground();
    return;
  }
  if (program < 0) _exit(125);
  /* Its copies of the program's descriptors would keep pipes open, and the monitor waiting for the exec. */
  if (syscall(SYS_close_range, 0u, ~0u, 0u) != 0) {
    for (int fd = 0; fd < 1024; fd++) close(fd);
  }
  reap(program, &all);
}
