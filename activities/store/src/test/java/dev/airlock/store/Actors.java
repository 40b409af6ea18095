package dev.airlock.store;

/** People who act on a page. */
final class Actors {

  private Actors() {}

  static Acting by(String person) {
    return new Acting(
        person, new Origin(Origin.Channel.WEB, "127.0.0.1", null, "request of " + person));
  }
}
