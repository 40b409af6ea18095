package dev.airlock.local;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * How a program runs that refuses to run as root. As root, {@code unshare -U} gives it a user
 * namespace in which it is nobody, yet owns root's files. Containers often forbid that: then {@code
 * setpriv} makes it nobody, with the right to pass root's folders. Both replace themselves by the
 * program, so the process id is the program's own.
 *
 * @param prefix words before the program's command; none for an ordinary user
 * @param owner who must own what it writes; empty for an ordinary user
 */
record Unprivileged(List<String> prefix, String owner) {

  static final Unprivileged NAMESPACE = new Unprivileged(List.of("unshare", "-U"), "0:0");

  static final Unprivileged NOBODY =
      new Unprivileged(
          List.of(
              "setpriv",
              "--reuid=65534",
              "--regid=65534",
              "--clear-groups",
              // Otherwise access(2) asks without the capability.
              "--securebits=+no_setuid_fixup",
              "--inh-caps=+dac_override",
              "--ambient-caps=+dac_override",
              "--"),
          "65534:65534");

  private static final Unprivileged AS_IS = new Unprivileged(List.of(), "");

  Unprivileged {
    prefix = List.copyOf(prefix);
  }

  /** The first way that can run the program and write into the folder. */
  static Unprivileged found(Path program, Path folder) {
    if (!Commands.run("id", "-u").output().strip().equals("0")) {
      return AS_IS;
    }
    for (Unprivileged way : List.of(NAMESPACE, NOBODY)) {
      if (way.works(program, folder)) {
        return way;
      }
    }
    throw new LocalServerException(
        "PostgreSQL does not run as root, and neither `unshare -U` nor `setpriv` can make this"
            + " process an ordinary user here. Start Airlock as an ordinary user, or install"
            + " util-linux (apt-get install util-linux).");
  }

  private boolean works(Path program, Path folder) {
    String test = "test -x '" + program + "' && test -w '" + folder + "'";
    return Commands.run(command("sh", "-c", test)).done();
  }

  /** The command as the unprivileged user runs it. */
  String[] command(String... command) {
    List<String> whole = new ArrayList<>(prefix);
    whole.addAll(List.of(command));
    return whole.toArray(String[]::new);
  }

  /** Gives a folder to the user that the program runs as. */
  void own(Path folder) {
    if (!owner.isEmpty()) {
      Commands.run("chown", "-R", owner, folder.toString());
    }
  }
}
