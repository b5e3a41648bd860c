/**
 * What others write on AWS, heard at once: queues that EventBridge fills with what CloudTrail records. Tells which ids and
 * names were in a call, and knows nothing of stacks.
 */
package dev.privateapi.push;
