package dev.airlock.messages;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import com.icegreen.greenmail.util.ServerSetupTest;

/** A mail server in this process, at a port that is free. */
final class MailHost {

  /** GreenMail gives up after two seconds, which a busy machine may need for a thread. */
  private static final long PATIENCE_MILLIS = 30_000;

  private MailHost() {}

  /** One that has not begun yet. */
  static GreenMail ofSmtp() {
    ServerSetup smtp = ServerSetupTest.SMTP.dynamicPort();
    smtp.setServerStartupTimeout(PATIENCE_MILLIS);
    return new GreenMail(smtp);
  }
}
