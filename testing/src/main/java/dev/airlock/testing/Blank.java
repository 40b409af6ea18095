package dev.airlock.testing;

import java.lang.reflect.RecordComponent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a result may look like that a rehearsal says nothing of. */
final class Blank {

  private Blank() {}

  /** The fields of a record of this name, with ones, empty texts and empty lists in them. */
  static @Nullable Object of(String typeName) {
    try {
      ClassLoader loader = Thread.currentThread().getContextClassLoader();
      return of(Class.forName(typeName, false, loader));
    } catch (ClassNotFoundException e) {
      return null;
    }
  }

  private static @Nullable Object of(Class<?> type) {
    if (type.isRecord()) {
      Map<String, @Nullable Object> fields = new LinkedHashMap<>();
      for (RecordComponent component : type.getRecordComponents()) {
        fields.put(component.getName(), of(component.getType()));
      }
      return fields;
    }
    if (type == String.class) {
      return "";
    }
    if (type == boolean.class || type == Boolean.class) {
      return true;
    }
    if (type.isPrimitive() || Number.class.isAssignableFrom(type)) {
      return 1;
    }
    if (type.isEnum()) {
      return type.getEnumConstants()[0];
    }
    return Iterable.class.isAssignableFrom(type)
        ? List.of()
        : Map.class.isAssignableFrom(type) ? Map.of() : null;
  }
}
