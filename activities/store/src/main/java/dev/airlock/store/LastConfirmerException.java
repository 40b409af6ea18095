package dev.airlock.store;

/**
 * After this nobody could confirm any more who is to decide, and whoever does it has not said that
 * they know. The message says what to do first, and the way back where it can't wait.
 */
public final class LastConfirmerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  LastConfirmerException(String person, String actor) {
    super(
        "After this nobody but %2$s could confirm who decides, and nobody confirms what they have asked for: %1$s could not be given the right to decide back by any page or command. Make another approver or admin first and let %1$s confirm them. Where it can't wait, say that you know: 'evenIfLast' in REST, --even-if-last on the command line, the box on the page. The way back is then a new file users/NAME.json with the role approver or admin, on the server, and a start of the system: whoever it makes can confirm."
            .formatted(person, actor));
  }
}
