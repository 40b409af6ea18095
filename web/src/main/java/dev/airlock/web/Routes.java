package dev.airlock.web;

import static dev.airlock.web.http.Permission.ACKNOWLEDGE;
import static dev.airlock.web.http.Permission.ALLOW_PIPELINE;
import static dev.airlock.web.http.Permission.ANYONE;
import static dev.airlock.web.http.Permission.DECIDE;
import static dev.airlock.web.http.Permission.FEED;
import static dev.airlock.web.http.Permission.MANAGE_PEOPLE;
import static dev.airlock.web.http.Permission.MONITOR;
import static dev.airlock.web.http.Permission.OWN_ACCOUNT;
import static dev.airlock.web.http.Permission.PAUSE;
import static dev.airlock.web.http.Permission.PUBLISH;
import static dev.airlock.web.http.Permission.READ;
import static dev.airlock.web.http.Permission.READ_AUDIT;
import static dev.airlock.web.http.Permission.RESIZE;
import static dev.airlock.web.http.Permission.REVOKE;
import static dev.airlock.web.http.Permission.ROLL_BACK;
import static dev.airlock.web.http.Permission.ROLL_OUT;
import static dev.airlock.web.http.Permission.SIGN_POLICY;
import static dev.airlock.web.http.Permission.START;
import static dev.airlock.web.http.Permission.STEER_RUN;
import static dev.airlock.web.http.Permission.TELL;
import static dev.airlock.web.http.Permission.TRY;

import dev.airlock.web.gateway.Gateway;

/** All URLs, and what one must be allowed to use each. */
final class Routes {
  private Routes() {}

  /** The data plane. Nobody signs in: see who can reach its address. */
  static void gateway(RouteTable to, Gateway gateway) {
    to.get("/v2/health/live", gateway::live, ANYONE);
    to.get("/v2/health/ready", gateway::ready, ANYONE);
    to.get("/v2/models/{name}", gateway::metadata, ANYONE);
    to.get("/v2/models/{name}/ready", gateway::modelReady, ANYONE);
    to.post("/v2/models/{name}/infer", gateway::infer, ANYONE);
  }

  static void health(RouteTable to, Handlers on) {
    to.get("/api/v1/health", on.health()::health, ANYONE);
    to.get("/api/v1/ready", on.health()::ready, ANYONE);
  }

  static void api(RouteTable to, Handlers on) {
    String api = "/api/v1";
    to.get(api + "/pipelines", on.pipelines()::list, READ);
    to.get(api + "/pipelines/{name}", on.pipelines()::show, READ);
    to.get(api + "/pipelines/{name}/versions", on.pipelines()::versions, READ);
    to.patch(api + "/pipelines/{name}", on.pipelines()::change, PAUSE);
    to.post(api + "/pipelines/{name}/runs", on.runs()::create, START);
    to.post(api + "/pipelines/{name}/dry-run", on.runs()::dryRun, START);
    to.post(api + "/pipelines/{name}/backfills", on.backfills()::create, START);
    to.get(api + "/backfills", on.backfills()::list, READ);
    to.get(api + "/backfills/{id}", on.backfills()::show, READ);
    to.post(api + "/backfills/{id}/cancel", on.backfills()::cancel, START);
    to.post(api + "/hooks/{pipeline}/{webhook}", on.hooks()::call, ANYONE);
    to.post(api + "/publications", on.publications()::publish, PUBLISH);
    to.get(api + "/publications", on.publications()::list, READ);
    to.get(api + "/publications/{id}", on.publications()::show, READ);

    to.get(api + "/runs", on.runs()::list, READ);
    to.get(api + "/runs/{id}", on.runs()::show, READ);
    to.post(api + "/runs/{id}/cancel", on.runs()::cancel, STEER_RUN);
    to.post(api + "/runs/{id}/resume", on.resumes()::resume, STEER_RUN);
    to.post(api + "/runs/{id}/resume/plan", on.resumes()::plan, STEER_RUN);
    to.get(api + "/runs/{id}/events", on.events()::serve, READ);
    to.get(api + "/runs/{id}/stages/{stage}/event-log", on.runs()::eventLog, TRY);
    to.get(api + "/runs/{id}/stages/{stage}/items", on.items()::list, READ);
    to.get(api + "/runs/{id}/stages/{stage}/items/{index}/result", on.items()::result, READ);
    to.get(api + "/runs/{id}/stages/{stage}/result", on.runs()::result, READ);
    to.patch(api + "/runs/{id}", on.runNotes()::change, STEER_RUN);
    to.get(api + "/runs/{id}/stages/{stage}/logs", on.logs()::ofStage, READ);
    to.get(api + "/runs/{id}/logs", on.logs()::ofRun, READ);
    to.get(api + "/logs", on.logs()::ofAll, READ);
    to.get(api + "/runs/{id}/histories", on.histories()::list, READ);
    to.get(api + "/runs/{id}/histories/{position}", on.histories()::show, READ);

    to.get(api + "/approvals", on.approvals()::list, READ);
    to.get(api + "/approvals/{id}", on.approvals()::show, READ);
    to.post(api + "/approvals/{id}/decisions", on.approvals()::decide, DECIDE);
    to.post(
        api + "/approvals/{id}/decisions/{decision}/withdraw", on.approvals()::withdraw, DECIDE);
    to.post(api + "/approvals/{id}/revoke", on.approvals()::revoke, REVOKE);
    to.get(api + "/pipelines/{name}/policies", on.policies()::list, READ);
    to.post(api + "/pipelines/{name}/policies", on.policies()::sign, SIGN_POLICY);
    to.post(api + "/pipelines/{name}/policies/{id}/revoke", on.policies()::revoke, SIGN_POLICY);

    to.get(api + "/runs/{id}/lineage", on.lineages()::ofRun, READ);
    to.get(api + "/datasets/{name}/versions/{snapshot}/lineage", on.lineages()::ofDataset, READ);
    to.get(api + "/models/{name}/versions/{version}/lineage", on.lineages()::ofModel, READ);
    to.get(api + "/pipelines/{name}/changes", on.changes()::show, READ);
    to.get(api + "/search", on.searches()::search, READ);
    to.get(api + "/experiments", on.experiments()::list, READ);

    to.get(api + "/models", on.models()::list, READ);
    to.get(api + "/models/{name}", on.models()::show, READ);
    to.get(api + "/models/{name}/versions/{version}", on.models()::version, READ);
    to.get(api + "/models/{name}/versions/{version}/card.md", on.cardPages()::markdown, READ);
    to.get(api + "/models/{name}/versions/{version}/card.json", on.cardPages()::json, READ);
    to.get(api + "/models/{name}/history", on.models()::history, READ);
    to.get(api + "/models/{name}/predictions", on.models()::predictions, READ);
    to.post(api + "/models/{name}/rollback", on.models()::rollBack, ROLL_BACK);
    to.post(api + "/models/{name}/pipelines", on.models()::allow, ALLOW_PIPELINE);

    to.post(api + "/models/{name}/rollouts", on.rollouts()::start, ROLL_OUT);
    to.get(api + "/rollouts", on.rollouts()::list, READ);
    to.get(api + "/rollouts/{id}", on.rollouts()::show, READ);
    to.post(api + "/rollouts/{id}/pause", on.rollouts()::pause, ROLL_OUT);
    to.post(api + "/rollouts/{id}/resume", on.rollouts()::resume, ROLL_OUT);
    to.post(api + "/rollouts/{id}/promote", on.rollouts()::promote, ROLL_OUT);
    to.post(api + "/rollouts/{id}/abort", on.rollouts()::abort, ROLL_OUT);

    to.get(api + "/monitors", on.monitors()::list, READ);
    to.get(api + "/monitors/{id}", on.monitors()::show, READ);
    to.patch(api + "/monitors/{id}", on.monitors()::change, MONITOR);
    to.post(api + "/monitors/{id}/checks", on.monitors()::check, MONITOR);
    to.get(api + "/monitors/{id}/checks/{check}", on.monitors()::showCheck, READ);
    to.get(api + "/drift", on.drift()::show, READ);
    to.post(api + "/feedback", on.feedback()::take, FEED);

    to.get(api + "/alerts", on.alerts()::list, READ);
    to.get(api + "/alerts/{id}", on.alerts()::show, READ);
    to.post(api + "/alerts/{id}/acknowledge", on.alerts()::acknowledge, ACKNOWLEDGE);

    to.get(api + "/pools", on.pools()::list, READ);
    to.get(api + "/pools/{name}", on.pools()::show, READ);
    to.put(api + "/pools/{name}", on.pools()::resize, RESIZE);
    to.get(api + "/events", on.waitedFor()::list, READ);
    to.post(api + "/events/{name}", on.waitedFor()::tell, TELL);

    to.get(api + "/datasets", on.datasets()::list, READ);
    to.get(api + "/datasets/{name}/versions", on.datasets()::versions, READ);
    to.get(api + "/datasets/{name}/rows", on.datasets()::rows, READ);

    to.post(api + "/trials", on.trials()::create, TRY);
    to.post(api + "/trials/code", on.trials()::receive, TRY);
    to.get(api + "/trials/{id}", on.trials()::show, TRY);
    to.post(api + "/trials/{id}/cancel", on.trials()::cancel, TRY);

    to.get(api + "/secrets", on.vaults()::secrets, READ);
    to.get(api + "/connections", on.vaults()::connections, READ);
    to.get(api + "/queues", on.vaults()::queues, READ);

    to.get(api + "/audit", on.audit()::list, READ_AUDIT);
    to.get(api + "/audit/export", on.audit()::export, READ_AUDIT);
    to.get(api + "/audit/verification", on.audit()::verify, READ_AUDIT);

    to.get(api + "/account", on.account()::show, OWN_ACCOUNT);
    to.post(api + "/account/password", on.account()::changePassword, OWN_ACCOUNT);
    to.get(api + "/account/email", on.account()::email, OWN_ACCOUNT);
    to.put(api + "/account/email", on.account()::changeEmail, OWN_ACCOUNT);
    to.get(api + "/account/sessions", on.account()::sessions, OWN_ACCOUNT);
    to.delete(api + "/account/sessions", on.account()::endSessions, OWN_ACCOUNT);
    to.delete(api + "/account/sessions/{id}", on.account()::endSession, OWN_ACCOUNT);
    to.get(api + "/tokens", on.account()::tokens, OWN_ACCOUNT);
    to.post(api + "/tokens", on.account()::createToken, OWN_ACCOUNT);
    to.post(api + "/tokens/{id}/revoke", on.account()::revokeToken, OWN_ACCOUNT);
    to.get(api + "/people", on.people()::list, READ);
    to.post(api + "/people", on.people()::create, MANAGE_PEOPLE);
    to.get(api + "/people/{name}", on.people()::show, READ);
    to.patch(api + "/people/{name}", on.people()::change, MANAGE_PEOPLE);
    to.post(api + "/people/{name}/password", on.people()::reset, MANAGE_PEOPLE);
    to.post(api + "/proposals/{id}/confirm", on.people()::confirm, DECIDE);
    to.post(api + "/proposals/{id}/refuse", on.people()::refuse, DECIDE);

    to.get("/openapi.yaml", on.openApi()::serve, ANYONE);
  }

  static void pages(RouteTable to, Handlers on) {
    to.get("/assets/{digest}/{file}", on.assets()::serve, ANYONE);
    to.get("/sign-in", on.signIn()::form, ANYONE);
    to.post("/sign-in", on.signIn()::signIn, ANYONE);
    to.get("/sign-in/oidc", on.oidc()::begin, ANYONE);
    to.get("/sign-in/oidc/callback", on.oidc()::callback, ANYONE);
    to.post("/sign-out", on.signIn()::signOut, READ);

    to.get("/", on.homePages()::show, READ);
    to.get("/events", on.pageEvents()::serve, READ);
    to.get("/pipelines", on.pipelinePages()::list, READ);
    to.get("/pipelines/{name}", on.pipelinePages()::show, READ);
    to.post("/pipelines/{name}/pause", on.pipelinePages()::pause, PAUSE);
    to.post("/pipelines/{name}/runs", on.pipelinePages()::start, START);
    to.get("/pools", on.poolPages()::list, READ);
    to.post("/pools", on.poolPages()::resize, RESIZE);
    to.get("/runs", on.runPages()::list, READ);
    to.get("/runs/{id}", on.runPages()::show, READ);
    to.get("/runs/{id}/stages/{stage}/items", on.itemPages()::list, READ);
    to.post("/runs/{id}/cancel", on.runPages()::cancel, STEER_RUN);
    to.post("/runs/{id}/words", on.runPages()::annotate, STEER_RUN);
    to.get("/logs", on.logPages()::show, READ);
    to.get("/runs/{id}/resume", on.resumePages()::show, STEER_RUN);
    to.post("/runs/{id}/resume", on.resumePages()::resume, STEER_RUN);
    to.post("/pipelines/{name}/backfills", on.backfillPages()::start, START);
    to.get("/backfills/{id}", on.backfillPages()::show, READ);
    to.post("/backfills/{id}/cancel", on.backfillPages()::cancel, START);
    to.get("/approvals", on.approvalPages()::list, READ);
    to.get("/approvals/{id}", on.approvalPages()::show, READ);
    to.get("/approvals/{id}/by-link/{token}", on.approvalLinks()::open, DECIDE);
    to.post("/approvals/{id}/decisions", on.approvalPages()::decide, DECIDE);
    to.post("/approvals/{id}/decisions/{decision}/withdraw", on.approvalPages()::withdraw, DECIDE);
    to.post("/approvals/{id}/revoke", on.approvalPages()::revoke, REVOKE);
    to.get("/pipelines/{name}/policies", on.policyPages()::list, READ);
    to.post("/pipelines/{name}/policies", on.policyPages()::sign, SIGN_POLICY);
    to.post("/pipelines/{name}/policies/{id}/revoke", on.policyPages()::revoke, SIGN_POLICY);
    to.get("/pipelines/{name}/versions", on.changePages()::compare, READ);
    to.get("/runs/{id}/lineage", on.lineagePages()::ofRun, READ);
    to.get("/models/{name}/versions/{version}/lineage", on.lineagePages()::ofModel, READ);
    to.get("/datasets/{name}/versions/{snapshot}", on.lineagePages()::ofDataset, READ);
    to.get("/search", on.searchPages()::search, READ);
    to.get("/keys", on.searchPages()::keys, READ);
    to.get("/api", on.apiPages()::show, READ);
    to.get("/experiments", on.experimentPages()::list, READ);
    to.get("/experiments/compare", on.experimentPages()::compare, READ);
    to.get("/models", on.modelPages()::list, READ);
    to.get("/models/{name}", on.modelPages()::show, READ);
    to.get("/models/{name}/versions/{version}", on.versionPages()::show, READ);
    to.get("/models/{name}/versions/{version}/card.md", on.cardPages()::markdown, READ);
    to.get("/models/{name}/versions/{version}/card.json", on.cardPages()::json, READ);
    to.post("/models/{name}/rollback", on.modelPages()::rollBack, ROLL_BACK);
    to.post("/models/{name}/pipelines", on.modelPages()::allow, ALLOW_PIPELINE);
    to.get("/models/{name}/rollouts", on.rolloutPages()::list, READ);
    to.get("/rollouts/{id}", on.rolloutPages()::show, READ);
    to.post("/rollouts/{id}/wishes", on.rolloutPages()::steer, ROLL_OUT);
    to.get("/monitoring", on.monitoringPages()::list, READ);
    to.get("/models/{name}/monitoring", on.monitoringPages()::show, READ);
    to.post("/models/{name}/monitoring/checks", on.monitoringPages()::check, MONITOR);
    to.post("/models/{name}/monitoring/pause", on.monitoringPages()::pause, MONITOR);
    to.get("/alerts", on.alertPages()::list, READ);
    to.get("/alerts/{id}", on.alertPages()::show, READ);
    to.post("/alerts/{id}/acknowledge", on.alertPages()::acknowledge, ACKNOWLEDGE);
    to.get("/datasets", on.datasetPages()::list, READ);
    to.get("/datasets/{name}", on.datasetPages()::show, READ);
    to.get("/audit", on.auditPages()::show, READ_AUDIT);
    to.get("/settings", on.settingsPages()::show, OWN_ACCOUNT);
    to.post("/settings/password", on.settingsPages()::changePassword, OWN_ACCOUNT);
    to.post("/settings/email", on.settingsPages()::changeEmail, OWN_ACCOUNT);
    to.post("/settings/sessions/end", on.settingsPages()::endSessions, OWN_ACCOUNT);
    to.post("/settings/tokens", on.settingsPages()::createToken, OWN_ACCOUNT);
    to.post("/settings/tokens/{id}/revoke", on.settingsPages()::revokeToken, OWN_ACCOUNT);
    to.get("/settings/connections", on.settingsPages()::connections, READ);
    to.get("/settings/people", on.peoplePages()::list, READ);
    to.post("/settings/people", on.peoplePages()::create, MANAGE_PEOPLE);
    to.get("/settings/people/{name}", on.peoplePages()::show, READ);
    to.post("/settings/people/{name}", on.peoplePages()::change, MANAGE_PEOPLE);
    to.post("/settings/people/{name}/state", on.peoplePages()::disable, MANAGE_PEOPLE);
    to.post("/settings/people/{name}/password", on.peoplePages()::reset, MANAGE_PEOPLE);
    to.post("/settings/proposals/{id}", on.peoplePages()::settle, DECIDE);
  }
}
