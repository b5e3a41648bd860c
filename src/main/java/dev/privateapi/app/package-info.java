/** The process: settings, checks at start, wiring, probes and metrics, the end. */
package dev.privateapi.app;
