package dev.airlock.spark;

import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.ColumnType;
import dev.airlock.dsl.graph.Expectation;
import dev.airlock.dsl.graph.Setting;
import dev.airlock.dsl.graph.SourceSpec;
import dev.airlock.dsl.graph.StageSpec;
import dev.airlock.dsl.graph.Work;
import java.nio.file.Path;
import java.util.List;

/** A few orders, small enough to be read. */
final class Orders {

  static final List<ColumnSpec> COLUMNS =
      List.of(
          new ColumnSpec("order_id", ColumnType.INTEGER),
          new ColumnSpec("customer", ColumnType.TEXT),
          new ColumnSpec("ordered_on", ColumnType.DATE),
          new ColumnSpec("amount", ColumnType.DECIMAL));

  static final String HEADER = "order_id,customer,ordered_on,amount\n";
  static final String THREE =
      HEADER + "1,a,1997-01-01,10\n2,b,1997-02-01,20.5\n3,a,1997-03-01,30\n";
  static final String TWO = HEADER + "8,c,1997-05-01,80\n9,c,1997-06-01,90\n";

  private Orders() {}

  static StageSpec ingest(Path file) {
    return World.stage("orders", new Work.Ingest(new SourceSpec.Csv(Setting.of(file), COLUMNS)));
  }

  static StageSpec validate(Expectation... expectations) {
    return World.stage("orders-ok", new Work.Validate(List.of(expectations)), "orders");
  }

  static StageSpec validate() {
    return validate(new Expectation.RowsAtLeast(1));
  }
}
