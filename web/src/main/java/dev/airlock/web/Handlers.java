package dev.airlock.web;

import dev.airlock.store.ArtifactStore;
import dev.airlock.store.Store;
import dev.airlock.web.api.AccountRoutes;
import dev.airlock.web.api.AlertRoutes;
import dev.airlock.web.api.ApprovalRoutes;
import dev.airlock.web.api.AuditRoutes;
import dev.airlock.web.api.BackfillRoutes;
import dev.airlock.web.api.ChangeRoutes;
import dev.airlock.web.api.DatasetRoutes;
import dev.airlock.web.api.Decisions;
import dev.airlock.web.api.DriftRoutes;
import dev.airlock.web.api.EventRoutes;
import dev.airlock.web.api.ExperimentRoutes;
import dev.airlock.web.api.FeedbackRoutes;
import dev.airlock.web.api.FirstRows;
import dev.airlock.web.api.HealthRoutes;
import dev.airlock.web.api.HistoryRoutes;
import dev.airlock.web.api.HookKeys;
import dev.airlock.web.api.HookRoutes;
import dev.airlock.web.api.ItemRoutes;
import dev.airlock.web.api.LineageRoutes;
import dev.airlock.web.api.LogRoutes;
import dev.airlock.web.api.ModelRoutes;
import dev.airlock.web.api.MonitorRoutes;
import dev.airlock.web.api.OpenApi;
import dev.airlock.web.api.PeopleRoutes;
import dev.airlock.web.api.PipelineRoutes;
import dev.airlock.web.api.PolicyRoutes;
import dev.airlock.web.api.PoolRoutes;
import dev.airlock.web.api.PublicationRoutes;
import dev.airlock.web.api.ResumeRoutes;
import dev.airlock.web.api.Rollback;
import dev.airlock.web.api.RolloutRoutes;
import dev.airlock.web.api.RunNotes;
import dev.airlock.web.api.RunRoutes;
import dev.airlock.web.api.SearchRoutes;
import dev.airlock.web.api.Steering;
import dev.airlock.web.api.TrialRoutes;
import dev.airlock.web.api.VaultRoutes;
import dev.airlock.web.audit.AuditAnchor;
import dev.airlock.web.events.PageEvents;
import dev.airlock.web.events.RunEvents;
import dev.airlock.web.events.Streams;
import dev.airlock.web.session.AccessConfig;
import dev.airlock.web.session.FlowSeal;
import dev.airlock.web.session.Oidc;
import dev.airlock.web.session.SignIn;
import dev.airlock.web.ui.AlertPages;
import dev.airlock.web.ui.ApiPages;
import dev.airlock.web.ui.ApprovalLinks;
import dev.airlock.web.ui.ApprovalPages;
import dev.airlock.web.ui.Assets;
import dev.airlock.web.ui.AuditPages;
import dev.airlock.web.ui.BackfillPages;
import dev.airlock.web.ui.CardPages;
import dev.airlock.web.ui.ChangePages;
import dev.airlock.web.ui.DatasetPages;
import dev.airlock.web.ui.ExperimentPages;
import dev.airlock.web.ui.Frame;
import dev.airlock.web.ui.HomePages;
import dev.airlock.web.ui.ItemPages;
import dev.airlock.web.ui.LineagePages;
import dev.airlock.web.ui.LogPages;
import dev.airlock.web.ui.ModelPages;
import dev.airlock.web.ui.MonitoringPages;
import dev.airlock.web.ui.PeoplePages;
import dev.airlock.web.ui.PipelinePages;
import dev.airlock.web.ui.PolicyPages;
import dev.airlock.web.ui.PoolPages;
import dev.airlock.web.ui.ResumePages;
import dev.airlock.web.ui.RolloutPages;
import dev.airlock.web.ui.RunPages;
import dev.airlock.web.ui.SearchPages;
import dev.airlock.web.ui.SettingsPages;
import dev.airlock.web.ui.VersionPages;
import java.time.InstantSource;
import java.util.function.Supplier;

/** Everything that answers a URL. */
record Handlers(
    HealthRoutes health,
    PipelineRoutes pipelines,
    PublicationRoutes publications,
    RunRoutes runs,
    ItemRoutes items,
    RunNotes runNotes,
    LogRoutes logs,
    HistoryRoutes histories,
    ResumeRoutes resumes,
    BackfillRoutes backfills,
    HookRoutes hooks,
    RunEvents events,
    PageEvents pageEvents,
    ApprovalRoutes approvals,
    PolicyRoutes policies,
    ExperimentRoutes experiments,
    LineageRoutes lineages,
    SearchRoutes searches,
    ChangeRoutes changes,
    ModelRoutes models,
    RolloutRoutes rollouts,
    MonitorRoutes monitors,
    DriftRoutes drift,
    FeedbackRoutes feedback,
    AlertRoutes alerts,
    PoolRoutes pools,
    EventRoutes waitedFor,
    DatasetRoutes datasets,
    TrialRoutes trials,
    VaultRoutes vaults,
    AuditRoutes audit,
    AccountRoutes account,
    PeopleRoutes people,
    OpenApi openApi,
    Assets assets,
    SignIn signIn,
    Oidc oidc,
    HomePages homePages,
    PipelinePages pipelinePages,
    PoolPages poolPages,
    RunPages runPages,
    LogPages logPages,
    ResumePages resumePages,
    BackfillPages backfillPages,
    ItemPages itemPages,
    ApprovalPages approvalPages,
    PolicyPages policyPages,
    ApprovalLinks approvalLinks,
    ExperimentPages experimentPages,
    LineagePages lineagePages,
    SearchPages searchPages,
    ChangePages changePages,
    ModelPages modelPages,
    VersionPages versionPages,
    CardPages cardPages,
    RolloutPages rolloutPages,
    MonitoringPages monitoringPages,
    ApiPages apiPages,
    AlertPages alertPages,
    DatasetPages datasetPages,
    AuditPages auditPages,
    SettingsPages settingsPages,
    PeoplePages peoplePages) {

  static Handlers of(
      Supplier<Store> store,
      ArtifactStore artifacts,
      HealthRoutes health,
      Streams streams,
      Assets assets,
      Frame frame,
      HookKeys keys,
      ApprovalLinks links,
      AuditAnchor anchor,
      AccessConfig access,
      FlowSeal seal,
      InstantSource clock) {
    SignIn signIn = new SignIn(store, access, clock, frame::signIn);
    AccountRoutes account = new AccountRoutes(store, signIn, access);
    PeopleRoutes people = new PeopleRoutes(store);
    FirstRows firstRows = new FirstRows(store, artifacts);
    Decisions decisions = new Decisions(store);
    Rollback rollback = new Rollback(store);
    Steering steering = new Steering(store);
    return new Handlers(
        health,
        new PipelineRoutes(store),
        new PublicationRoutes(store, artifacts),
        new RunRoutes(store, artifacts),
        new ItemRoutes(store, artifacts),
        new RunNotes(store),
        new LogRoutes(store, artifacts, streams.logs()),
        new HistoryRoutes(store, artifacts),
        new ResumeRoutes(store, artifacts),
        new BackfillRoutes(store),
        new HookRoutes(store, keys),
        streams.runs(),
        streams.pages(),
        new ApprovalRoutes(store, artifacts, decisions),
        new PolicyRoutes(store),
        new ExperimentRoutes(store),
        new LineageRoutes(store),
        new SearchRoutes(store),
        new ChangeRoutes(store),
        new ModelRoutes(store, artifacts, rollback),
        new RolloutRoutes(store, steering),
        new MonitorRoutes(store),
        new DriftRoutes(store),
        new FeedbackRoutes(store),
        new AlertRoutes(store),
        new PoolRoutes(store),
        new EventRoutes(store),
        new DatasetRoutes(store, firstRows),
        new TrialRoutes(store, artifacts),
        new VaultRoutes(store),
        new AuditRoutes(store, anchor),
        account,
        people,
        new OpenApi(),
        assets,
        signIn,
        new Oidc(store, signIn, access.oidc(), seal),
        new HomePages(store, frame),
        new PipelinePages(store, frame),
        new PoolPages(store, frame),
        new RunPages(store, artifacts, firstRows, frame, streams.pages()),
        new LogPages(store, frame),
        new ResumePages(store, artifacts, frame),
        new BackfillPages(store, frame),
        new ItemPages(store, frame),
        new ApprovalPages(store, artifacts, decisions, links, frame),
        new PolicyPages(store, frame),
        links,
        new ExperimentPages(store, frame),
        new LineagePages(store, firstRows, frame),
        new SearchPages(store, frame),
        new ChangePages(store, frame),
        new ModelPages(store, rollback, frame),
        new VersionPages(store, artifacts, frame),
        new CardPages(store, artifacts),
        new RolloutPages(store, new Steering(store), frame),
        new MonitoringPages(store, artifacts, frame),
        new ApiPages(frame),
        new AlertPages(store, frame),
        new DatasetPages(store, firstRows, frame),
        new AuditPages(store, anchor, frame),
        new SettingsPages(store, account, signIn, frame),
        new PeoplePages(store, people, frame));
  }
}
