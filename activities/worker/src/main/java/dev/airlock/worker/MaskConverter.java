package dev.airlock.worker;

import dev.airlock.programs.Mask;
import java.util.List;
import org.apache.logging.log4j.core.LogEvent;
import org.apache.logging.log4j.core.config.Configuration;
import org.apache.logging.log4j.core.config.plugins.Plugin;
import org.apache.logging.log4j.core.layout.PatternLayout;
import org.apache.logging.log4j.core.pattern.ConverterKeys;
import org.apache.logging.log4j.core.pattern.LogEventPatternConverter;
import org.apache.logging.log4j.core.pattern.PatternConverter;
import org.apache.logging.log4j.core.pattern.PatternFormatter;

/** {@code %mask{…}} in {@code log4j2.xml}: the pattern inside, without the values of secrets. */
@Plugin(name = "mask", category = PatternConverter.CATEGORY)
@ConverterKeys("mask")
public final class MaskConverter extends LogEventPatternConverter {

  private final List<PatternFormatter> inside;

  private MaskConverter(List<PatternFormatter> inside) {
    super("mask", "mask");
    this.inside = inside;
  }

  /** Log4j's way to make one. */
  public static MaskConverter newInstance(Configuration configuration, String[] options) {
    return new MaskConverter(PatternLayout.createPatternParser(configuration).parse(options[0]));
  }

  @Override
  public void format(LogEvent event, StringBuilder target) {
    StringBuilder text = new StringBuilder();
    inside.forEach(part -> part.format(event, text));
    target.append(Mask.mask(text.toString()));
  }

  @Override
  public boolean handlesThrowable() {
    return inside.stream().anyMatch(PatternFormatter::handlesThrowable);
  }
}
