/**
 * REST under {@code /api/v1}, one class a feature. Start with {@link
 * dev.airlock.web.api.RunRoutes}.
 */
@NullMarked
package dev.airlock.web.api;

import org.jspecify.annotations.NullMarked;
