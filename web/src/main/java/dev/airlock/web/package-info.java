/**
 * The web process: REST, UI and the prediction gateway. Start with {@link dev.airlock.web.WebMain};
 * every URL stands in {@link dev.airlock.web.Routes}.
 */
@NullMarked
package dev.airlock.web;

import org.jspecify.annotations.NullMarked;
