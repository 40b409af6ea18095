package dev.airlock.dsl.graph;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A request to a server.
 *
 * @param method such as POST
 * @param url http or https
 * @param headers by their names
 * @param body what is sent, or null
 * @param contentType of the body; null where there is none
 * @param expect the statuses that count as success; empty for 200 to 299
 * @param result the binary name of the class that the answer is read as; null for its status alone
 * @param within how long one request may take
 * @param atMostBytes the longest answer that is read
 */
public record HttpSpec(
    String method,
    ValueSpec url,
    SortedMap<String, ValueSpec> headers,
    @Nullable ValueSpec body,
    @Nullable String contentType,
    List<Integer> expect,
    @Nullable String result,
    Duration within,
    int atMostBytes) {

  public HttpSpec {
    headers = new TreeMap<String, ValueSpec>((Map<String, ValueSpec>) headers);
    expect = List.copyOf(expect);
  }
}
