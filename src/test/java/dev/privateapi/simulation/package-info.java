/**
 * The whole operator but for Kubernetes, its real layers and engine, on an AWS in memory with a clock that only the test
 * moves: the same every time.
 *
 * <ul>
 *   <li>{@code CrashTest} lets the process die, and cuts its connections, at every call of a creation, of changes and of a
 *       deletion.
 *   <li>{@code SimulationTest} tells stories of edits, faults, deaths, rivals and people with the AWS console, holds
 *       {@code Rules} at every moment, and cuts a story that breaks one down to what it takes to break it.
 * </ul>
 *
 * <p>What is promised, and what of it is tested how, is in {@code docs/reliability.md}.
 */
package dev.privateapi.simulation;
