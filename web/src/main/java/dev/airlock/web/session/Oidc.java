package dev.airlock.web.session;

import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import dev.airlock.store.Person;
import dev.airlock.store.Profile;
import dev.airlock.store.Role;
import dev.airlock.store.Store;
import dev.airlock.store.VouchedPerson;
import dev.airlock.web.http.Peer;
import io.javalin.http.Context;
import io.javalin.http.HttpStatus;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.pac4j.core.client.IndirectClient;
import org.pac4j.core.context.CallContext;
import org.pac4j.core.exception.http.WithLocationAction;
import org.pac4j.core.http.callback.NoParameterCallbackUrlResolver;
import org.pac4j.core.profile.factory.ProfileManagerFactory;
import org.pac4j.core.util.generator.RandomValueGenerator;
import org.pac4j.oidc.client.OidcClient;
import org.pac4j.oidc.config.OidcConfiguration;
import org.pac4j.oidc.profile.OidcProfile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signing in with a provider of OpenID Connect: the authorization code flow with PKCE, state and
 * nonce, good for ten minutes and kept by the browser that began, sealed, so that any web process
 * takes up what another began. Nobody is known by their e-mail or name, only by issuer and subject;
 * what they may do, their groups say. The provider may be away when this process starts: it is
 * asked when the first person comes.
 */
public final class Oidc {
  private static final Logger LOG = LoggerFactory.getLogger(Oidc.class);
  private static final String COOKIE = "airlock_flow";
  private static final Duration FLOW = Duration.ofMinutes(10);

  /** A cookie has 4 KB for all that it says. */
  private static final int LONGEST_WAY = 1_000;

  /** A provider that falls silent later is not to hold every thread of this process. */
  private static final int MOST_EXCHANGES = 16;

  private static final int LONGEST_NAME = 54;
  private static final int SILENCE_MILLIS = 5_000;
  private static final int STATE_LENGTH = 43;

  private final Supplier<Store> store;
  private final SignIn signIn;
  private final @Nullable OidcSettings settings;
  private final InstantSource clock;
  private final FlowSeal seal;
  private final Semaphore exchanges = new Semaphore(MOST_EXCHANGES);
  private final @Nullable OidcProvider<OidcClient> provider;

  /**
   * Asks nobody yet.
   *
   * @param settings null where no provider is configured: the routes answer that, then
   */
  public Oidc(
      Supplier<Store> store, SignIn signIn, @Nullable OidcSettings settings, FlowSeal seal) {
    this.store = store;
    this.signIn = signIn;
    this.settings = settings;
    this.seal = seal;
    this.clock = InstantSource.system();
    this.provider = settings == null ? null : new OidcProvider<>(() -> client(settings), clock);
  }

  /** {@code GET /sign-in/oidc}: off to the provider. */
  public void begin(Context ctx) {
    OidcSettings known = settings;
    OidcProvider<OidcClient> asked = provider;
    if (known == null || asked == null) {
      refuse(ctx, HttpStatus.NOT_FOUND, "No provider is configured here. Sign in with a password.");
      return;
    }
    String then = SignIn.within(ctx.queryParam("then"));
    OidcFlow flow =
        OidcFlow.begin(then.length() > LONGEST_WAY ? "/" : then, clock.instant().plus(FLOW));
    try {
      WithLocationAction away =
          (WithLocationAction)
              asked.get().getRedirectionAction(call(ctx, known, flow)).orElseThrow();
      SessionCookie.write(ctx, COOKIE, seal.seal(flow), FLOW);
      ctx.redirect(away.getLocation());
    } catch (OidcProvider.SilentException e) {
      refuseSilence(ctx, known);
    }
  }

  private void refuseSilence(Context ctx, OidcSettings known) {
    ctx.header("Retry-After", Long.toString(OidcProvider.PAUSE.toSeconds()));
    refuse(
        ctx,
        HttpStatus.SERVICE_UNAVAILABLE,
        known.name() + " does not answer. Try again in a moment, or sign in with a password.");
  }

  /** {@code GET /sign-in/oidc/callback}: back from the provider. */
  public void callback(Context ctx) {
    OidcSettings known = settings;
    OidcProvider<OidcClient> asked = provider;
    Optional<OidcFlow> flow = seal.open(SessionCookie.read(ctx, COOKIE), clock.instant());
    if (known == null || asked == null || flow.isEmpty()) {
      refuse(
          ctx,
          HttpStatus.BAD_REQUEST,
          "This sign-in did not begin in this browser, or is too old. Please begin again.");
      return;
    }
    if (!exchanges.tryAcquire()) {
      refuseSilence(ctx, known);
      return;
    }
    OidcProfile profile;
    try {
      SessionCookie.forget(ctx, COOKIE);
      profile = profile(asked.get(), call(ctx, known, flow.get()));
    } catch (OidcProvider.SilentException e) {
      refuseSilence(ctx, known);
      return;
    } catch (RuntimeException e) {
      LOG.warn("A sign-in with {} was refused: {}", known.issuer(), e.getClass().getSimpleName());
      refuse(
          ctx,
          HttpStatus.UNAUTHORIZED,
          "What " + known.name() + " sent back does not prove who you are. Please begin again.");
      return;
    } finally {
      exchanges.release();
    }
    admit(ctx, known, profile, flow.get().then());
  }

  /** The library checks signature, issuer, audience, expiry, nonce and state on the way. */
  private static OidcProfile profile(IndirectClient client, CallContext call) {
    return client
        .getCredentials(call)
        .flatMap(credentials -> client.validateCredentials(call, credentials))
        .flatMap(credentials -> client.getUserProfile(call, credentials))
        .map(OidcProfile.class::cast)
        .orElseThrow();
  }

  private void admit(Context ctx, OidcSettings known, OidcProfile profile, String then) {
    Set<String> groups = groups(profile.getAttribute(known.groupsClaim()));
    Optional<Role> role = known.roleOf(groups);
    if (role.isEmpty()) {
      refuse(
          ctx,
          HttpStatus.FORBIDDEN,
          "None of your groups at " + known.name() + " has a role here. Ask an admin for one.");
      return;
    }
    Store open = store.get();
    String name =
        open.membership()
            .signInFrom(
                new VouchedPerson(
                    profile.getIssuer(),
                    profile.getSubject(),
                    known.nameOfNoTeam(name(profile)),
                    role.get(),
                    known.teamsOf(groups)),
                Peer.web(ctx));
    Profile person = open.membership().find(name).orElseThrow();
    if (person.disabledAt() != null) {
      refuse(ctx, HttpStatus.FORBIDDEN, "%s is disabled here. Ask an admin.".formatted(name));
      return;
    }
    signIn.begin(ctx, new Person(name, person.role()));
    ctx.redirect(then, HttpStatus.SEE_OTHER);
  }

  private static Set<String> groups(@Nullable Object claim) {
    if (claim instanceof Collection<?> several) {
      return several.stream().map(String::valueOf).collect(Collectors.toUnmodifiableSet());
    }
    return claim == null ? Set.of() : Set.of(claim.toString());
  }

  /** As they would like to be called: never what they are known by. */
  private static String name(OidcProfile profile) {
    Object preferred = profile.getAttribute("preferred_username");
    String email = profile.getEmail();
    String wish =
        preferred != null
            ? preferred.toString()
            : email != null ? email.replaceFirst("@.*", "") : profile.getSubject();
    String plain =
        wish.toLowerCase(Locale.ROOT)
            .replaceAll("[^a-z0-9._-]+", "-")
            .replaceAll("^[^a-z0-9]+|[^a-z0-9]+$", "");
    String name = plain.isEmpty() ? "person" : plain;
    return name.substring(0, Math.min(name.length(), LONGEST_NAME));
  }

  /** A client that has read the provider's metadata. */
  private static OidcClient client(OidcSettings known) {
    OidcConfiguration configuration = new OidcConfiguration();
    configuration.setClientId(known.clientId());
    configuration.setSecret(known.clientSecret());
    configuration.setDiscoveryURI(
        known.issuer().toString().replaceFirst("/+$", "") + "/.well-known/openid-configuration");
    configuration.setScope("openid profile email");
    configuration.setUseNonce(true);
    configuration.setPkceMethod(CodeChallengeMethod.S256);
    configuration.setStateGenerator(new RandomValueGenerator(STATE_LENGTH));
    configuration.setClientAuthenticationMethod(ClientAuthenticationMethod.CLIENT_SECRET_BASIC);
    configuration.setConnectTimeout(SILENCE_MILLIS);
    configuration.setReadTimeout(SILENCE_MILLIS);
    OidcClient made = new OidcClient(configuration);
    made.setCallbackUrl(known.callback().toString());
    made.setCallbackUrlResolver(new NoParameterCallbackUrlResolver());
    made.init();
    return made;
  }

  private static CallContext call(Context ctx, OidcSettings known, OidcFlow flow) {
    return new CallContext(
        new OidcRequest(ctx, known.callback()), flow, ProfileManagerFactory.DEFAULT);
  }

  private void refuse(Context ctx, HttpStatus status, String why) {
    signIn.show(ctx.status(status), "", "/", why);
  }
}
