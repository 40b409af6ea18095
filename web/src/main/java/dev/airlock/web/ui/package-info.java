/**
 * Pages: one record each, filled here and rendered by the template of the same name. Start with
 * {@link dev.airlock.web.ui.RunPages}.
 */
@NullMarked
package dev.airlock.web.ui;

import org.jspecify.annotations.NullMarked;
