package dev.airlock.web.session;

import dev.airlock.web.http.Proxies;
import io.javalin.http.Context;
import java.net.URI;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.pac4j.core.context.Cookie;
import org.pac4j.core.context.WebContext;

/**
 * A request as the library sees it. Scheme, host and port are the configured ones: what a request
 * says of them is its sender's word.
 */
record OidcRequest(Context ctx, URI base) implements WebContext {

  @Override
  public Optional<String> getRequestParameter(String name) {
    return Optional.ofNullable(ctx.queryParam(name));
  }

  @Override
  public Map<String, String[]> getRequestParameters() {
    Map<String, String[]> parameters = new LinkedHashMap<>();
    ctx.queryParamMap()
        .forEach((name, values) -> parameters.put(name, values.toArray(String[]::new)));
    return parameters;
  }

  @Override
  @SuppressWarnings({"rawtypes", "unchecked"})
  public Optional getRequestAttribute(String name) {
    return Optional.ofNullable(ctx.attribute(name));
  }

  @Override
  public void setRequestAttribute(String name, Object value) {
    ctx.attribute(name, value);
  }

  @Override
  public Optional<String> getRequestHeader(String name) {
    return Optional.ofNullable(ctx.header(name));
  }

  @Override
  public String getRequestMethod() {
    return ctx.method().toString();
  }

  @Override
  public String getRemoteAddr() {
    return Proxies.address(ctx);
  }

  @Override
  public void setResponseHeader(String name, String value) {
    ctx.header(name, value);
  }

  @Override
  public Optional<String> getResponseHeader(String name) {
    return Optional.ofNullable(ctx.res().getHeader(name));
  }

  @Override
  public void setResponseContentType(String type) {
    ctx.contentType(type);
  }

  @Override
  public String getServerName() {
    return base.getHost();
  }

  @Override
  public int getServerPort() {
    return base.getPort();
  }

  @Override
  public String getScheme() {
    return base.getScheme();
  }

  @Override
  public boolean isSecure() {
    return base.getScheme().equals("https");
  }

  @Override
  public String getFullRequestURL() {
    String query = ctx.queryString();
    return base.resolve(ctx.path()) + (query == null ? "" : "?" + query);
  }

  @Override
  public Collection<Cookie> getRequestCookies() {
    return List.of();
  }

  @Override
  public void addResponseCookie(Cookie cookie) {
    throw new UnsupportedOperationException(
        "The library sets no cookies here: " + cookie.getName());
  }

  @Override
  public String getPath() {
    return ctx.path();
  }
}
