package dev.airlock.web.ui;

import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.StringOutput;
import io.javalin.http.Context;

/** Renders the page records; the templates were compiled with the classes. */
final class Templates {
  private static final int USUAL_SIZE = 16 << 10;

  private final TemplateEngine engine =
      TemplateEngine.createPrecompiled(null, ContentType.Html, null, "dev.airlock.web.templates");

  void render(Context ctx, String template, Object page) {
    StringOutput output = new StringOutput(USUAL_SIZE);
    engine.render(template + ".jte", page, output);
    ctx.header("Cache-Control", "no-store").html(output.toString());
  }
}
