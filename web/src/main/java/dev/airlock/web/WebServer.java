package dev.airlock.web;

import dev.airlock.store.ArtifactStore;
import dev.airlock.store.Changes;
import dev.airlock.store.DeadlineWatch;
import dev.airlock.store.GateWatch;
import dev.airlock.store.LinkKey;
import dev.airlock.store.OutboxDispatcher;
import dev.airlock.store.Store;
import dev.airlock.web.api.HealthRoutes;
import dev.airlock.web.api.HealthRoutes.Dependency;
import dev.airlock.web.api.HookKeys;
import dev.airlock.web.audit.AuditAnchor;
import dev.airlock.web.events.Streams;
import dev.airlock.web.gateway.Gateway;
import dev.airlock.web.gateway.Journal;
import dev.airlock.web.gateway.JournalShipper;
import dev.airlock.web.gateway.RoutingFollower;
import dev.airlock.web.gateway.ServiceCounts;
import dev.airlock.web.gateway.ServiceShipper;
import dev.airlock.web.http.BodyPatience;
import dev.airlock.web.http.EarlyErrors;
import dev.airlock.web.http.PatientBodies;
import dev.airlock.web.http.Peer;
import dev.airlock.web.http.Problem;
import dev.airlock.web.http.Problems;
import dev.airlock.web.http.Proxies;
import dev.airlock.web.http.RestJson;
import dev.airlock.web.http.Turns;
import dev.airlock.web.session.AccessConfig;
import dev.airlock.web.session.FlowSeal;
import dev.airlock.web.session.Guard;
import dev.airlock.web.session.RateLimits;
import dev.airlock.web.ui.ApprovalLinks;
import dev.airlock.web.ui.Assets;
import dev.airlock.web.ui.Frame;
import io.javalin.Javalin;
import io.javalin.compression.CompressionStrategy;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.json.JavalinJackson;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Supplier;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The whole process: what it serves, and what it does by itself. */
final class WebServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);
  private static final int LARGEST_HEADER = 16 << 10;

  /** What handlers may hold, and a few for connections, streams and bodies that arrive. */
  private static final int MOST_THREADS = Turns.THREADS + 20;

  private static final int LEAST_THREADS = 16;
  private static final long DRAIN_MILLIS = 5_000;

  private final WebConfig config;
  private final BodyPatience patience;
  private final InstantSource signInClock;
  private final ArtifactStore artifacts;
  private final Database database;
  private final @Nullable Temporal temporal;
  private final Journal journal;
  private final JournalShipper shipper;
  private final RoutingFollower routing;
  private final ServiceCounts counts;
  private final ServiceShipper serviceShipper;
  private final Streams streams;
  private final RouteTable routes = new RouteTable();
  private final AuditAnchor anchor;
  private final Javalin javalin;
  private volatile @Nullable OutboxDispatcher dispatcher;
  private volatile @Nullable DeadlineWatch deadlines;
  private volatile @Nullable GateWatch gate;

  WebServer(WebConfig config) {
    this(config, BodyPatience.standard(), InstantSource.system());
  }

  /**
   * Serves nothing yet: see {@link #start}.
   *
   * @param signInClock says how long somebody has waited after wrong passwords
   */
  WebServer(WebConfig config, BodyPatience patience, InstantSource signInClock) {
    this.config = config;
    this.patience = patience;
    this.signInClock = signInClock;
    this.artifacts = ArtifactStore.open(config.artifacts());
    this.temporal =
        config.isGatewayAlone()
            ? null
            : new Temporal(config.temporalTarget(), config.temporalNamespace());
    this.database =
        new Database(
            config.database(),
            config.isGatewayAlone() ? "airlock-gateway" : "airlock-web",
            this::connected);
    String gateway = UUID.randomUUID().toString();
    Path journals = config.home().resolve("journal");
    this.journal = Journal.open(journals, gateway);
    this.shipper =
        new JournalShipper(
            journals, journal, batch -> database.patient().predictions().store(batch));
    this.routing =
        new RoutingFollower(gateway, new StoreRouting(database::patient), artifacts::get);
    this.counts = new ServiceCounts(gateway);
    this.serviceShipper =
        new ServiceShipper(counts, samples -> database.patient().service().store(samples));
    this.anchor = new AuditAnchor(database, config.home());
    this.streams = new Streams(database, config.access().idle());
    this.javalin = Javalin.create(this::configure);
  }

  /** Serves, whether or not PostgreSQL and Temporal are there yet. */
  void start() {
    String warning = config.access().warning();
    if (warning != null) {
      LOG.warn("{}", warning);
    }
    javalin.start(config.host(), config.port());
    database.start();
    routing.start();
    shipper.start();
    serviceShipper.start();
    streams.start();
  }

  int port() {
    return javalin.port();
  }

  /** What is served, and to whom. */
  List<RouteTable.Route> routes() {
    return routes.routes();
  }

  /** What the library serves, each as {@code GET /path}. */
  List<String> served() {
    return javalin.unsafe.internalRouter.allHttpHandlers().stream()
        .map(handler -> handler.endpoint)
        .filter(endpoint -> endpoint.method.isHttpMethod())
        .map(endpoint -> endpoint.method + " " + endpoint.path)
        .toList();
  }

  private void connected(Store store) {
    store.changes().subscribe(Changes.ROUTING, model -> routing.lookNow());
    if (temporal != null) {
      streams.listenTo(store.changes());
      dispatcher = OutboxDispatcher.start(store, temporal.client());
      deadlines = DeadlineWatch.start(store);
      anchor.start();
      gate = GateWatch.start(store);
    }
  }

  private void configure(JavalinConfig javalinConfig) {
    javalinConfig.startup.showJavalinBanner = false;
    javalinConfig.startup.showOldJavalinVersionWarning = false;
    javalinConfig.startup.startupWatcherEnabled = false;
    javalinConfig.http.maxRequestSize = PatientBodies.LARGEST;
    javalinConfig.http.generateEtags = false;
    javalinConfig.http.compressionStrategy = CompressionStrategy.NONE;
    javalinConfig.jetty.threadPool = new QueuedThreadPool(MOST_THREADS, LEAST_THREADS);
    javalinConfig.jetty.modifyServer(
        server -> {
          server.setStopTimeout(DRAIN_MILLIS);
          server.setErrorHandler(new EarlyErrors());
          Proxies proxies = config.access().proxies();
          server.setHandler(new PatientBodies(new Turns(null, proxies), patience, proxies));
        });
    javalinConfig.jetty.modifyServletContextHandler(
        servlets -> servlets.setErrorHandler(new EarlyErrors()));
    javalinConfig.jetty.modifyHttpConfiguration(
        http -> {
          http.setSendServerVersion(false);
          http.setRequestHeaderSize(LARGEST_HEADER);
        });
    javalinConfig.router.javaLangErrorHandler(Problems::broken);
    javalinConfig.jsonMapper(new JavalinJackson(RestJson.mapper(), false));
    AccessConfig access = config.access();
    javalinConfig.routes.before(access.proxies()::note);
    javalinConfig.routes.before(WebServer::guardAnswer);
    javalinConfig.routes.before(streams.pages()::note);
    javalinConfig.routes.beforeMatched(
        new Guard(
                database,
                access.idle(),
                access.vouched(),
                new RateLimits(access.requestsPerSecond()))
            ::check);
    Assets assets = new Assets();
    Frame frame =
        new Frame(database, assets, config.isTemporalInMemory(), streams.pages(), routes::pageOf);
    Handlers handlers =
        Handlers.of(
            database,
            artifacts,
            new HealthRoutes(checks()),
            streams,
            assets,
            frame,
            new HookKeys(config.hookKeys(), config.home()),
            new ApprovalLinks(database, () -> LinkKey.of(config.linkKey(), config.home())),
            anchor,
            access,
            FlowSeal.of(config.linkKey(), config.home()),
            signInClock);
    Routes.gateway(routes, new Gateway(routing, journal, counts));
    Routes.health(routes, handlers);
    if (!config.isGatewayAlone()) {
      Routes.api(routes, handlers);
      Routes.pages(routes, handlers);
    }
    javalinConfig.routes.after(frame::noteDone);
    routes.register(javalinConfig.routes);
    new Problems(config.isGatewayAlone() ? WebServer::plain : frame::problem)
        .register(javalinConfig.routes);
  }

  private static void plain(Context ctx, Problem problem) {
    ctx.json(problem).contentType(Problem.MEDIA_TYPE);
  }

  private Map<String, Supplier<Dependency>> checks() {
    Map<String, Supplier<Dependency>> checks = new LinkedHashMap<>();
    checks.put("database", () -> Dependency.of(database.trouble()));
    if (temporal != null) {
      checks.put("temporal", () -> Dependency.of(temporal.trouble()));
    }
    checks.put("gateway", this::gateway);
    checks.put("journal", () -> Dependency.of(shipper.trouble()));
    return checks;
  }

  /** A gateway that can't load some version still answers by another, so it stays ready. */
  private Dependency gateway() {
    return routing.isReady()
        ? Dependency.ready(routing.unusable())
        : Dependency.of("the routing has not been read yet");
  }

  private static void guardAnswer(Context ctx) {
    ctx.header("X-Content-Type-Options", "nosniff");
    if (ctx.path().startsWith("/v2/")) {
      return;
    }
    Peer.identify(ctx);
    ctx.header(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'")
        .header(
            "Permissions-Policy",
            "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()")
        .header("Referrer-Policy", "same-origin")
        .header("X-Frame-Options", "DENY")
        .header("Cross-Origin-Opener-Policy", "same-origin")
        .header("Cross-Origin-Resource-Policy", "same-origin");
    if (!ctx.path().startsWith("/assets/")) {
      ctx.header("Cache-Control", "no-store");
    }
    if (Proxies.isOverTls(ctx)) {
      ctx.header("Strict-Transport-Security", "max-age=31536000");
    }
  }

  /** Answers what has come in, ships the journal, gives the lease back. */
  @Override
  public void close() {
    streams.close();
    javalin.stop();
    shipper.close();
    serviceShipper.close();
    routing.close();
    OutboxDispatcher open = dispatcher;
    if (open != null) {
      open.close();
    }
    DeadlineWatch watch = deadlines;
    if (watch != null) {
      watch.close();
    }
    if (temporal != null) {
      anchor.close();
    }
    GateWatch calls = gate;
    if (calls != null) {
      calls.close();
    }
    journal.close();
    database.close();
    if (temporal != null) {
      temporal.close();
    }
  }
}
