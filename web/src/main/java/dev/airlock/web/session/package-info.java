/**
 * Who is calling: signing in, sessions, tokens and the shield against forged forms. Start with
 * {@link dev.airlock.web.session.Guard}.
 */
@NullMarked
package dev.airlock.web.session;

import org.jspecify.annotations.NullMarked;
