package dev.airlock.spark;

import dev.airlock.dsl.graph.ColumnSpec;
import dev.airlock.dsl.graph.ColumnType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Which columns tell who somebody is: those that the pipeline says, and, where it says nothing,
 * those that sound like it. A name is a safety net only: it errs on the side of masking.
 */
final class PersonalColumns {

  private static final Set<String> WORDS =
      Set.of(
          "email",
          "mail",
          "phone",
          "mobile",
          "telephone",
          "tel",
          "fax",
          "name",
          "firstname",
          "lastname",
          "fullname",
          "surname",
          "username",
          "login",
          "address",
          "street",
          "postcode",
          "postal",
          "zip",
          "zipcode",
          "birth",
          "birthday",
          "birthdate",
          "dob",
          "ssn",
          "passport",
          "iban",
          "ip",
          "password",
          "token",
          "secret");

  private PersonalColumns() {}

  /** Whether people may see a mask only. */
  static boolean isPersonal(ColumnSpec column) {
    Boolean said = column.personal();
    return said == null ? soundsPersonal(column) : said;
  }

  private static boolean soundsPersonal(ColumnSpec column) {
    return column.type() != ColumnType.DECIMAL
        && words(column.name()).stream().anyMatch(WORDS::contains);
  }

  /** {@code customerEmail} and {@code customer_email} are both two words. */
  private static List<String> words(String name) {
    String parted =
        name.replaceAll("([a-z0-9])([A-Z])", "$1_$2")
            .toLowerCase(Locale.ROOT)
            .replace("e_mail", "email")
            .replace("e-mail", "email");
    return Arrays.asList(parted.split("[^a-z]+"));
  }
}
