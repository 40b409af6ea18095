package dev.airlock.store;

import java.util.List;
import java.util.Locale;
import org.jdbi.v3.core.mapper.reflect.ConstructorMapper;
import org.jdbi.v3.sqlobject.SqlObject;

/**
 * Finds things by a part of their name, or by their number. Read only. Names are looked through as
 * they are: nothing in what was typed has a meaning of its own.
 */
public interface Finds extends SqlObject {
  /** The longest text that is looked for. */
  int LONGEST = 200;

  /**
   * What goes by the text, those first whose name it is, then those whose name begins with it.
   *
   * @param text any; the empty one finds nothing
   * @param limit of each kind
   */
  default List<Finding> find(String text, int limit) {
    String wanted = text.strip();
    String number = wanted.startsWith("#") ? wanted.substring(1) : wanted;
    boolean isNumber = number.matches("[0-9]{1,18}");
    if (wanted.isEmpty() || wanted.length() > LONGEST || wanted.indexOf('\0') >= 0) {
      return List.of();
    }
    return getHandle()
        .createQuery(
            """
            with named as (
              (select 1 as rank, 'pipeline' as kind, name, 'owned by ' || owner as says,
                      name as key
               from pipeline where strpos(lower(name), :text) > 0
               order by lower(name) <> :text, strpos(lower(name), :text), name limit :limit)
              union all
              (select 2, 'model', m.name,
                      coalesce('v' || r.version || ' is live', 'nothing live'), m.name
               from model m left join routing r on r.model = m.name
               where strpos(lower(m.name), :text) > 0
               order by lower(m.name) <> :text, strpos(lower(m.name), :text), m.name limit :limit)
              union all
              (select 4, 'dataset', name, 'dataset', name
               from dataset where strpos(lower(name), :text) > 0
               order by lower(name) <> :text, strpos(lower(name), :text), name limit :limit)
              union all
              (select 7, 'pool', name, slots || ' slots', name
               from pool where strpos(lower(name), :text) > 0
               order by lower(name) <> :text, strpos(lower(name), :text), name limit :limit)
              union all
              (select 3, 'version', model || ' v' || version, 'model version',
                      model || '/' || version
               from model_version
               where :version <> '' and model = :model and version::text = :version
               limit :limit)
              union all
              (select 6, 'alert', title, coalesce(model || ', ', '') || state, id::text
               from (select id, title, state, model from alert
                     where :text <> '' order by id desc limit 1000) as newest
               where strpos(lower(title), :text) > 0 order by id desc limit :limit)
            ), numbered as (
              select 0 as rank, 'run' as kind, 'run ' || id as name,
                     pipeline || ', ' || state as says, id::text as key
              from run where id = :number
              union all
              select 5, 'approval', 'approval ' || id, model || ' v' || version || ', ' || state,
                     id::text
              from approval where id = :number
              union all
              select 6, 'alert', 'alert ' || id, title, id::text from alert where id = :number
              union all
              select 8, 'backfill', 'backfill ' || id, pipeline, id::text
              from backfill where id = :number
            )
            select kind, name, says, key from (
              select * from named union all select * from numbered) as found
            order by rank, lower(name) <> :text, strpos(lower(name), :text), name
            """)
        .bind("text", wanted.toLowerCase(Locale.ROOT))
        .bind("model", model(wanted))
        .bind("version", version(wanted))
        .bind("number", isNumber ? Long.parseLong(number) : -1L)
        .bind("limit", limit)
        .registerRowMapper(ConstructorMapper.factory(Finding.class))
        .mapTo(Finding.class)
        .list();
  }

  /** The model of "NAME v2" and "NAME 2". */
  private static String model(String text) {
    int cut = text.lastIndexOf(' ');
    return cut < 0 ? "" : text.substring(0, cut).strip();
  }

  private static String version(String text) {
    String last = text.substring(text.lastIndexOf(' ') + 1);
    String digits = last.startsWith("v") ? last.substring(1) : last;
    return text.indexOf(' ') > 0 && digits.matches("[0-9]{1,9}") ? digits : "";
  }
}
