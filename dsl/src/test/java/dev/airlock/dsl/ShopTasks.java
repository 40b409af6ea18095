package dev.airlock.dsl;

/** A team's own steps. */
interface ShopTasks {

  long countAbove(Dataset orders, double floor);

  String none();

  String one(String a);

  String two(String a, String b);

  String three(String a, String b, String c) throws Exception;

  String four(String a, String b, String c, String d);
}
