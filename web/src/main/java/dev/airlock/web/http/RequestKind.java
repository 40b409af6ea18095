package dev.airlock.web.http;

import java.util.Set;
import org.eclipse.jetty.server.Request;

/** What a request is for, as far as its head tells. Each kind has threads and memory of its own. */
enum RequestKind {
  /** Whether this process lives and is ready. */
  HEALTH,

  /** Scores, and what a model takes and gives. */
  PREDICTION,

  /** A file, read by its route as it comes, once it is known who sends it. */
  UPLOAD,

  /** A page, or anything else of the API. */
  USUAL;

  private static final Set<String> HEALTH_PATHS =
      Set.of("/api/v1/health", "/api/v1/ready", "/v2/health/live", "/v2/health/ready");

  private static final Set<String> UPLOAD_PATHS =
      Set.of("/api/v1/feedback", "/api/v1/publications", "/api/v1/trials/code");

  /** Looks at path, method and how much is announced. */
  static RequestKind of(Request request) {
    String path = String.valueOf(request.getHttpURI().getCanonicalPath());
    if (HEALTH_PATHS.contains(path)) {
      return HEALTH;
    }
    if (path.startsWith("/v2/")) {
      return PREDICTION;
    }
    return UPLOAD_PATHS.contains(path) && request.getMethod().equals("POST") && isLong(request)
        ? UPLOAD
        : USUAL;
  }

  /** A label or two need no more care than a form; what does not say how long it is may be long. */
  private static boolean isLong(Request request) {
    long length = request.getLength();
    return length < 0 || length > BodyMemory.FIRST_BYTES;
  }
}
