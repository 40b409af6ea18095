package dev.airlock.web.session;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.pac4j.core.context.WebContext;
import org.pac4j.core.context.session.SessionStore;

/**
 * What this process keeps between sending somebody to the provider and their coming back: state,
 * nonce and the verifier of the code. The library calls it a session; it is none.
 *
 * @param then where to go afterwards
 */
record OidcFlow(String id, String then, Instant endsAt, Map<String, Object> values)
    implements SessionStore {

  static OidcFlow begin(String id, String then, Instant endsAt) {
    return new OidcFlow(id, then, endsAt, new ConcurrentHashMap<>());
  }

  @Override
  public Optional<String> getSessionId(WebContext context, boolean create) {
    return Optional.of(id);
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
