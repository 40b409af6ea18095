package dev.airlock.store;

import dev.airlock.dsl.graph.Work;
import dev.airlock.workflows.ApprovalStanding;
import dev.airlock.workflows.Json;
import dev.airlock.workflows.RolloutAnalysis;
import dev.airlock.workflows.RolloutControl;
import dev.airlock.workflows.RolloutState;
import dev.airlock.workflows.RunState;
import dev.airlock.workflows.StageState;
import java.lang.reflect.Type;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Optional;
import java.util.function.Function;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.argument.Argument;
import org.jdbi.v3.core.argument.ArgumentFactory;
import org.jdbi.v3.core.config.ConfigRegistry;
import org.jdbi.v3.core.mapper.ColumnMapper;
import org.jdbi.v3.core.statement.StatementContext;
import org.jdbi.v3.jackson2.Jackson2Config;
import org.jdbi.v3.jackson2.Jackson2Plugin;
import org.jdbi.v3.postgres.PostgresPlugin;
import org.jdbi.v3.sqlobject.SqlObjectPlugin;
import org.jspecify.annotations.Nullable;

/** How Java's values stand in rows: constants as words, results as Airlock's own JSON. */
final class Rows {

  private Rows() {}

  static Jdbi configure(Jdbi jdbi) {
    Discretion.of(jdbi);
    jdbi.installPlugin(new SqlObjectPlugin());
    jdbi.installPlugin(new PostgresPlugin());
    jdbi.installPlugin(new Jackson2Plugin());
    jdbi.getConfig(Jackson2Config.class).setMapper(Json.mapper());
    words(jdbi, RunState.class);
    words(jdbi, StageState.class);
    words(jdbi, ApprovalStanding.State.class);
    words(jdbi, Decision.Verdict.class);
    words(jdbi, Decision.Outcome.class);
    words(jdbi, ApprovalCall.Kind.class);
    words(jdbi, Publication.State.class);
    words(jdbi, Backfill.Sequence.class);
    words(jdbi, Backfill.Rerun.class);
    words(jdbi, Role.class);
    words(jdbi, OutboxKind.class);
    words(jdbi, RolloutState.class);
    words(jdbi, RolloutControl.Kind.class);
    words(jdbi, RolloutAnalysis.Verdict.class);
    words(jdbi, Feedback.State.class);
    words(jdbi, Work.EventSource.class);
    words(jdbi, Trial.State.class);
    words(jdbi, AuditAction.class);
    words(jdbi, Origin.Channel.class);
    words(jdbi, Message.Channel.class);
    jdbi.registerArgument(new WordArguments());
    jdbi.registerRowMapper(OutboxRow.class, Rows::outboxRow);
    return jdbi;
  }

  private static OutboxRow outboxRow(ResultSet row, StatementContext context) throws SQLException {
    return new OutboxRow(
        row.getLong("id"),
        Words.read(OutboxKind.class, row.getString("kind")),
        row.getLong("subject"),
        row.getInt("attempts"));
  }

  private static <E extends Enum<E>> void words(Jdbi jdbi, Class<E> type) {
    ColumnMapper<E> mapper =
        (row, column, context) -> {
          String word = row.getString(column);
          return word == null ? null : Words.read(type, word);
        };
    jdbi.registerColumnMapper(type, mapper);
  }

  /** Comes before jdbi's own way with enums, which writes their Java names. */
  private static final class WordArguments implements ArgumentFactory.Preparable {
    @Override
    public Optional<Function<Object, Argument>> prepare(Type type, ConfigRegistry config) {
      return type instanceof Class<?> raw && raw.isEnum()
          ? Optional.of(WordArguments::word)
          : Optional.empty();
    }

    private static Argument word(@Nullable Object constant) {
      return constant == null
          ? (position, statement, context) -> statement.setNull(position, Types.VARCHAR)
          : (position, statement, context) ->
              statement.setString(position, Words.of((Enum<?>) constant));
    }
  }
}
