/**
 * Tells people and programs what waits for them: approvals and alerts, by signed webhooks and by
 * mail.
 *
 * <p>Start at {@link dev.airlock.messages.MessageSender}. What is to be told are rows of the
 * database first; {@link dev.airlock.messages.MessagesConfig} says where it goes.
 */
@NullMarked
package dev.airlock.messages;

import org.jspecify.annotations.NullMarked;
