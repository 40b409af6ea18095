/**
 * Tests of the web process over a real PostgreSQL. Start with {@link dev.airlock.web.WebFixture}.
 */
@NullMarked
package dev.airlock.web;

import org.jspecify.annotations.NullMarked;
