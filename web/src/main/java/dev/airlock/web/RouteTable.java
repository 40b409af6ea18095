package dev.airlock.web;

import dev.airlock.web.http.Permission;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Handler;
import io.javalin.http.HandlerType;
import java.util.ArrayList;
import java.util.List;

/**
 * The URLs of a process as data. A route without a permission can't be written, and what stands
 * here is all that is served.
 */
final class RouteTable {
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

  /** Has them served. */
  void register(RoutesConfig javalin) {
    routes.forEach(
        route ->
            javalin.addHttpHandler(
                route.method(), route.path(), route.handler(), route.permission()));
  }
}
