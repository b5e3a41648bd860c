/** Runs the graph: observe, plan, act, and when to look again. Knows neither what a layer holds nor who asks. */
package dev.privateapi.engine;
