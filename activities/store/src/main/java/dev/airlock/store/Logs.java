package dev.airlock.store;

import dev.airlock.workflows.Json;
import java.util.Arrays;
import java.util.List;
import org.jdbi.v3.sqlobject.SqlObject;
import org.jdbi.v3.sqlobject.config.RegisterConstructorMapper;
import org.jdbi.v3.sqlobject.statement.SqlQuery;
import org.jspecify.annotations.Nullable;

/** What attempts at stages, and at items of maps, said, line by line: see {@link LogPlace}. */
@RegisterConstructorMapper(LogLine.class)
public interface Logs extends SqlObject {

  /**
   * The most lines that one page of a search looks through; where it ends there, the page says
   * where to go on, even if nothing was found yet.
   */
  int LOOKED_THROUGH = 100_000;

  /** Keeps lines. Idempotent under (run, stage, attempt, number). */
  default void keep(List<NewLogLine> lines) {
    getHandle()
        .createUpdate(
            """
            insert into log_line (run_id, stage, attempt, number, at, level, text)
            select "runId", stage, attempt, number, at, level, text
            from jsonb_to_recordset(:lines::jsonb) as line(
              "runId" bigint, stage text, attempt int, number int, at timestamptz, level text,
              text text)
            on conflict (run_id, stage, attempt, number) do nothing
            """)
        .bind("lines", Json.write(lines))
        .execute();
  }

  /**
   * A part of the lines of one attempt, in their order.
   *
   * @param after the number of the line before the first page
   * @param text what a line must hold in upper or lower case, or null
   * @throws InvalidCursorException where the cursor is none that a page gave
   */
  default Page<LogLine> page(
      long runId,
      String stage,
      int attempt,
      int after,
      @Nullable String text,
      int limit,
      @Nullable String cursor) {
    int bounded = Page.bounded(limit);
    int from = cursor == null ? after : (int) Math.min(Integer.MAX_VALUE, Page.before(cursor));
    return Page.of(lines(runId, stage, attempt, from, text, bounded + 1), bounded, LogLine::number);
  }

  /**
   * Lines of one attempt in their order.
   *
   * @param after the number of the line before the first one; 0 for the start
   * @param text what a line must hold in upper or lower case, or null
   * @param limit at most so many
   */
  @SqlQuery(
      """
      select * from log_line
      where run_id = :runId and stage = :stage and attempt = :attempt and number > :after
        and (:text::text is null or position(lower(:text) in lower(text)) > 0)
      order by number limit :limit
      """)
  List<LogLine> lines(
      long runId, String stage, int attempt, int after, @Nullable String text, int limit);

  /** The last lines of one attempt, in their order. */
  @SqlQuery(
      """
      select * from (
        select * from log_line
        where run_id = :runId and stage = :stage and attempt = :attempt
          and (:text::text is null or position(lower(:text) in lower(text)) > 0)
        order by number desc limit :limit) as newest
      order by number
      """)
  List<LogLine> lastLines(long runId, String stage, int attempt, @Nullable String text, int limit);

  /**
   * Lines of all items of a map, in the order in which they were kept.
   *
   * @param after the id of the line before the first one; 0 for the start
   * @param text what a line must hold in upper or lower case, or null
   * @param limit at most so many
   */
  @SqlQuery(
      """
      select * from log_line
      where run_id = :runId and id > :after and starts_with(stage, :stage || '[')
        and (:text::text is null or position(lower(:text) in lower(text)) > 0)
      order by id limit :limit
      """)
  List<LogLine> ofItems(long runId, String stage, long after, @Nullable String text, int limit);

  /** The last lines of all items of a map, in their order. */
  @SqlQuery(
      """
      select * from (
        select * from log_line where run_id = :runId and starts_with(stage, :stage || '[')
        order by id desc limit :limit) as newest
      order by id
      """)
  List<LogLine> lastOfItems(long runId, String stage, int limit);

  /**
   * Whether nothing more is to be said: the attempt, its stage, its item or its run has ended, a
   * later attempt has begun, or there is no such run.
   *
   * @param place a stage or an item, as lines name it
   * @param index the item's; null for a stage itself
   */
  @SqlQuery(
      """
      select exists (select 1 from stage_attempt
                     where run_id = :runId and stage = :place and attempt = :attempt
                       and ended_at is not null)
          or not exists (select 1 from run
                         where id = :runId and state in ('queued', 'running', 'waiting'))
          or exists (select 1 from stage
                     where run_id = :runId and name = :stage
                       and (state not in ('pending', 'queued', 'running', 'waiting')
                            or (:index::int is null and attempt > :attempt)))
          or exists (select 1 from stage_item
                     where run_id = :runId and stage = :stage and index = :index
                       and (attempt > :attempt
                            or (attempt = :attempt
                                and state in ('succeeded', 'failed', 'cancelled'))))
      """)
  boolean hasEnded(long runId, String place, String stage, @Nullable Integer index, int attempt);

  /** The number of the last line that is kept of an attempt; 0 where there is none. */
  @SqlQuery(
      """
      select coalesce(max(number), 0) from log_line
      where run_id = :runId and stage = :stage and attempt = :attempt
      """)
  int lastNumber(long runId, String stage, int attempt);

  /** The attempts at a stage that have said something, oldest first. */
  @SqlQuery(
      """
      select distinct attempt from log_line where run_id = :runId and stage = :stage
      order by attempt
      """)
  List<Integer> attempts(long runId, String stage);

  /**
   * Lines of all runs, newest first.
   *
   * @param limit of the page, at most {@link Page#LARGEST}
   * @param cursor of an earlier page, or null for the first
   * @throws InvalidCursorException where the cursor is none that a page gave
   */
  default Page<LogLine> search(LogSearch search, int limit, @Nullable String cursor) {
    int bounded = Page.bounded(limit);
    long before = Page.before(cursor);
    List<LogLine> found = find(search, levels(search.level()), before, bounded + 1);
    if (found.size() > bounded) {
      return Page.of(found, bounded, LogLine::id);
    }
    return new Page<>(found, goOn(search, before));
  }

  /** Where a search that has looked through as much as it may goes on; null where all was seen. */
  private @Nullable String goOn(LogSearch search, long before) {
    return getHandle()
        .createQuery(
            """
            select id from (
              select id, at from log_line
              where id < :before and (:run::bigint is null or run_id = :run)
              order by id desc offset :looked limit 1) as last
            where :since::timestamptz is null or at >= :since
            """)
        .bind("before", before)
        .bind("run", search.runId())
        .bind("since", search.since())
        .bind("looked", LOOKED_THROUGH - 1)
        .mapTo(Long.class)
        .findOne()
        .map(Page::cursorOf)
        .orElse(null);
  }

  private List<LogLine> find(LogSearch search, String[] levels, long before, int limit) {
    return getHandle()
        .createQuery(
            """
            select l.* from (
              select * from log_line
              where id < :before and (:run::bigint is null or run_id = :run)
              order by id desc limit :looked) as l
            where (:since::timestamptz is null or at >= :since)
              and (:text::text is null or position(lower(:text) in lower(l.text)) > 0)
              and l.level = any(:levels)
              and (:pipeline::text is null
                   or exists (select from run r where r.id = l.run_id and r.pipeline = :pipeline))
            order by l.id desc limit :limit
            """)
        .bind("before", before)
        .bind("run", search.runId())
        .bind("since", search.since())
        .bind("looked", LOOKED_THROUGH)
        .bind("text", search.text())
        .bind("levels", levels)
        .bind("pipeline", search.pipeline())
        .bind("limit", limit)
        .mapTo(LogLine.class)
        .list();
  }

  private static String[] levels(@Nullable LogLevel least) {
    return Arrays.stream(LogLevel.values())
        .filter(level -> least == null || level.compareTo(least) >= 0)
        .map(LogLevel::name)
        .toArray(String[]::new);
  }
}
