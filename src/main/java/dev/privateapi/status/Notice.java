package dev.privateapi.status;

/**
 * Something that happened to a stack and that is worth an event.
 *
 * @param warning whether somebody should look
 * @param reason a condition's reason
 * @param note at most 1,024 characters are shown (events.k8s.io/v1)
 */
public record Notice(boolean warning, String reason, String note) {}
