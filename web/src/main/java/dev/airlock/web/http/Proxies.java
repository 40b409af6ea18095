package dev.airlock.web.http;

import io.javalin.http.Context;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;

/**
 * The proxies that stand before this process. Only their word is taken for where a request came
 * from ({@code X-Forwarded-For}) and whether it came over TLS ({@code X-Forwarded-Proto}); anybody
 * can send such headers.
 */
public final class Proxies {
  private static final Pattern LITERAL =
      Pattern.compile("[0-9]+(\\.[0-9]+){3}|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");

  /**
   * As some proxies write it, and Jetty: {@code [::1]}, {@code [::1]:4711}, {@code 10.0.0.7:80}.
   */
  private static final Pattern DRESSED =
      Pattern.compile("\\[([0-9a-fA-F:.]+)(?:%[^]]*)?](?::[0-9]{1,5})?|([0-9.]+):[0-9]{1,5}");

  private static final String FORWARDED_FOR = "X-Forwarded-For";
  private static final String FORWARDED_PROTO = "X-Forwarded-Proto";
  private static final String ADDRESS = "airlock.address";
  private static final String TLS = "airlock.tls";

  private final List<Network> trusted;
  private final boolean isTlsCertain;

  private record Network(InetAddress address, int bits) {
    boolean holds(InetAddress other) {
      byte[] ours = address.getAddress();
      byte[] theirs = other.getAddress();
      return ours.length == theirs.length
          && new BigInteger(1, ours)
              .xor(new BigInteger(1, theirs))
              .shiftRight(ours.length * 8 - bits)
              .equals(BigInteger.ZERO);
    }
  }

  private Proxies(List<Network> trusted, boolean isTlsCertain) {
    this.trusted = trusted;
    this.isTlsCertain = isTlsCertain;
  }

  /**
   * Reads addresses and networks between commas, such as {@code 127.0.0.1, 10.0.0.0/8, ::1}.
   *
   * @throws IllegalArgumentException naming the part that is neither
   */
  public static Proxies of(String text) {
    return new Proxies(
        Arrays.stream(text.split(",", -1))
            .map(String::strip)
            .filter(part -> !part.isEmpty())
            .map(Proxies::network)
            .toList(),
        false);
  }

  /** The same, where people come by TLS alone, whatever a request says of itself. */
  public Proxies behindTls() {
    return new Proxies(trusted, true);
  }

  /** Whether nobody's word is taken. */
  public boolean isEmpty() {
    return trusted.isEmpty();
  }

  private static Network network(String text) {
    String[] sides = text.split("/", 2);
    InetAddress address = literal(sides[0]);
    int longest = address == null ? 0 : address.getAddress().length * 8;
    boolean isWhole = sides.length == 1;
    if (address == null || (!isWhole && !sides[1].matches("[0-9]{1,3}"))) {
      throw new IllegalArgumentException(
          "'" + text + "' is no address or network: expected such as 10.0.0.7 or 10.0.0.0/8.");
    }
    int bits = isWhole ? longest : Integer.parseInt(sides[1]);
    if (bits > longest) {
      throw new IllegalArgumentException(
          "'%s' names %d bits of an address that has %d.".formatted(text, bits, longest));
    }
    return new Network(address, bits);
  }

  /** No name is looked up: whoever sends one is not to make this process ask for it. */
  private static @Nullable InetAddress literal(String text) {
    if (!LITERAL.matcher(text).matches()) {
      return null;
    }
    try {
      return InetAddress.getByName(text);
    } catch (UnknownHostException e) {
      return null;
    }
  }

  private boolean isTrusted(String address) {
    InetAddress literal = literal(address);
    return literal != null && trusted.stream().anyMatch(network -> network.holds(literal));
  }

  /** Notes where the request came from. To be called before anything asks. */
  public void note(Context ctx) {
    String peer = bare(ctx.req().getRemoteAddr());
    ctx.attribute(ADDRESS, sender(peer, lines(ctx, FORWARDED_FOR)));
    List<String> protocols = words(lines(ctx, FORWARDED_PROTO));
    boolean isProxiedTls =
        isTrusted(peer)
            && !protocols.isEmpty()
            && protocols.get(protocols.size() - 1).equals("https");
    ctx.attribute(TLS, isTlsCertain || ctx.req().isSecure() || isProxiedTls);
  }

  /** The address of whoever sent a request of which no route has heard yet. */
  String sender(Request request) {
    return sender(
        Request.getRemoteAddr(request), request.getHeaders().getValuesList(FORWARDED_FOR));
  }

  private static List<String> lines(Context ctx, String header) {
    return Collections.list(ctx.req().getHeaders(header));
  }

  /** A header may come on several lines: they are one list, in their order. */
  private static List<String> words(List<String> lines) {
    return lines.stream()
        .flatMap(line -> Arrays.stream(line.split(",", -1)))
        .map(String::strip)
        .toList();
  }

  /**
   * From the right: each proxy adds whom it heard at the end, and what stands before is hearsay.
   */
  String sender(String peer, List<String> forwarded) {
    String sender = bare(peer);
    List<String> hops = words(forwarded);
    for (int i = hops.size() - 1; i >= 0 && isTrusted(sender); i--) {
      String hop = bare(hops.get(i));
      if (literal(hop) == null) {
        break;
      }
      sender = hop;
    }
    return sender;
  }

  /** An address without brackets, zone and port. */
  private static String bare(String address) {
    Matcher dressed = DRESSED.matcher(address);
    if (!dressed.matches()) {
      return address;
    }
    return dressed.group(1) == null ? dressed.group(2) : dressed.group(1);
  }

  /** The network address of whoever sent the request, as far as it is known for sure. */
  public static String address(Context ctx) {
    String noted = ctx.attribute(ADDRESS);
    return noted == null ? ctx.req().getRemoteAddr() : noted;
  }

  /** Whether the sender's connection is encrypted. */
  public static boolean isOverTls(Context ctx) {
    Boolean noted = ctx.attribute(TLS);
    return noted == null ? ctx.req().isSecure() : noted;
  }
}
