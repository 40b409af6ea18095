package dev.airlock.web.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;

/** From where somebody comes, as counts of tries and requests are kept. */
public final class Place {
  /** What a network hands out to one household is at least as wide as this. */
  private static final int PREFIX_BYTES = 8;

  private Place() {}

  /** An IPv4 address as it is; of an IPv6 address its /64, since whoever has one has all of it. */
  public static String of(String address) {
    if (!address.contains(":")) {
      return address;
    }
    try {
      // With a colon it is taken for an address or refused: no name is looked up.
      InetAddress read = InetAddress.getByName(address.replaceFirst("%[^\\]]*", ""));
      if (!(read instanceof Inet6Address)) {
        return read.getHostAddress();
      }
      byte[] bytes = read.getAddress();
      Arrays.fill(bytes, PREFIX_BYTES, bytes.length, (byte) 0);
      return InetAddress.getByAddress(bytes).getHostAddress() + "/64";
    } catch (UnknownHostException e) {
      return address;
    }
  }
}
