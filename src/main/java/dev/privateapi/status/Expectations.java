package dev.privateapi.status;

import dev.privateapi.model.Kind;
import java.time.Duration;

/** How long AWS usually takes, so that who waits knows whether to worry. */
public interface Expectations {

    Duration untilReady(Kind kind);

    Duration untilScaled();

    Duration untilGone(Kind kind);
}
