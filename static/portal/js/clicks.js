/** Whether a click follows its link here, and not in another tab or window. */
export function isPlainClick(event) {
  const withKey = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  return !event.defaultPrevented && event.button === 0 && !withKey;
}
