package dev.airlock.web;

import dev.airlock.web.http.Permission;
import dev.airlock.web.http.Problems;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The URLs of a process as data. A route without a permission can't be written, and what stands
 * here is all that is served.
 */
final class RouteTable {
  /** No route has so many; a stranger's path may have thousands. */
  private static final int MOST_PARTS = 10;

  private final List<Route> routes = new ArrayList<>();

  /**
   * One way in.
   *
   * @param path with its parts in braces, such as {@code /runs/{id}}
   */
  record Route(HandlerType method, String path, Permission permission, Handler handler) {

    /** Such as {@code GET /runs/{id}}. */
    String name() {
      return method + " " + path;
    }
  }

  void get(String path, Handler handler, Permission permission) {
    add(HandlerType.GET, path, handler, permission);
  }

  void post(String path, Handler handler, Permission permission) {
    add(HandlerType.POST, path, handler, permission);
  }

  void put(String path, Handler handler, Permission permission) {
    add(HandlerType.PUT, path, handler, permission);
  }

  void patch(String path, Handler handler, Permission permission) {
    add(HandlerType.PATCH, path, handler, permission);
  }

  void delete(String path, Handler handler, Permission permission) {
    add(HandlerType.DELETE, path, handler, permission);
  }

  private void add(HandlerType method, String path, Handler handler, Permission permission) {
    routes.add(new Route(method, path, permission, handler));
  }

  /** All of them, in the order in which they were written. */
  List<Route> routes() {
    return List.copyOf(routes);
  }

  /**
   * The page that a form belongs to, by where it stood or where it was sent: what a browser can ask
   * for there, or else at the nearest place above. Null where only Home is above it.
   *
   * @param path as a browser sends it
   */
  @Nullable String pageOf(String path) {
    if (path.chars().filter(letter -> letter == '/').count() > MOST_PARTS) {
      return null;
    }
    for (String place = path; place.length() > 1; place = above(place)) {
      if (isPage(place)) {
        return place;
      }
    }
    return null;
  }

  /** What is to be confirmed of people stands among them. */
  private static String above(String path) {
    return path.equals("/settings/proposals")
        ? "/settings/people"
        : path.substring(0, path.lastIndexOf('/'));
  }

  private boolean isPage(String path) {
    return routes.stream()
        .filter(route -> route.method().equals(HandlerType.GET))
        .filter(route -> !Problems.isForPrograms(route.path()))
        .anyMatch(route -> path.matches(route.path().replaceAll("\\{[^}]+}", "[^/]+")));
  }

  /** Has them served. */
  void register(RoutesConfig javalin) {
    routes.forEach(
        route ->
            javalin.addHttpHandler(
                route.method(), route.path(), route.handler(), route.permission()));
  }
}
