/** What a pass found out, in the words of the resource's status and of events. Calls no AWS. */
package dev.privateapi.status;
