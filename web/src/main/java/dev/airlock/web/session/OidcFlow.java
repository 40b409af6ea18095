package dev.airlock.web.session;

import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.pac4j.core.context.WebContext;
import org.pac4j.core.context.session.SessionStore;

/**
 * What is kept between sending somebody to the provider and their coming back: state, nonce and the
 * verifier of the code. The library calls it a session; it is none.
 *
 * @param then where to go afterwards
 */
record OidcFlow(String then, Instant endsAt, Map<String, Object> values) implements SessionStore {

  static OidcFlow begin(String then, Instant endsAt) {
    return new OidcFlow(then, endsAt, new ConcurrentHashMap<>());
  }

  /** The same as text. */
  record Kept(String then, Instant endsAt, Map<String, Value> values) {}

  /** A value, and what it was. */
  record Value(Kind kind, String text) {
    Object read() {
      return switch (kind) {
        case STATE -> new State(text);
        case VERIFIER -> new CodeVerifier(text);
        case TEXT -> text;
      };
    }

    static Value of(Object value) {
      if (value instanceof State state) {
        return new Value(Kind.STATE, state.getValue());
      }
      if (value instanceof CodeVerifier verifier) {
        return new Value(Kind.VERIFIER, verifier.getValue());
      }
      if (value instanceof String text) {
        return new Value(Kind.TEXT, text);
      }
      throw new IllegalArgumentException("Nobody knows how to keep a " + value.getClass());
    }

    @Override
    public String toString() {
      return "Value[" + kind + "]";
    }
  }

  /** What the library keeps. */
  enum Kind {
    STATE,
    VERIFIER,
    TEXT
  }

  Kept kept() {
    Map<String, Value> texts = new TreeMap<>();
    values.forEach((name, value) -> texts.put(name, Value.of(value)));
    return new Kept(then, endsAt, texts);
  }

  static OidcFlow of(Kept kept) {
    OidcFlow flow = begin(kept.then(), kept.endsAt());
    kept.values().forEach((name, value) -> flow.values().put(name, value.read()));
    return flow;
  }

  @Override
  public Optional<String> getSessionId(WebContext context, boolean create) {
    return Optional.of("flow");
  }

  @Override
  public Optional<Object> get(WebContext context, String key) {
    return Optional.ofNullable(values.get(key));
  }

  @Override
  public void set(WebContext context, String key, @Nullable Object value) {
    if (value == null) {
      values.remove(key);
    } else {
      values.put(key, value);
    }
  }

  @Override
  public boolean destroySession(WebContext context) {
    values.clear();
    return true;
  }

  @Override
  public Optional<Object> getTrackableSession(WebContext context) {
    return Optional.empty();
  }

  @Override
  public Optional<SessionStore> buildFromTrackableSession(WebContext context, Object trackable) {
    return Optional.empty();
  }

  @Override
  public boolean renewSession(WebContext context) {
    return true;
  }

  @Override
  public String toString() {
    return "OidcFlow[" + endsAt + "]";
  }
}
