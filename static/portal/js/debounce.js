/**
 * A function that runs once its calls have paused for `delay` milliseconds, with the last arguments.
 * @template {unknown[]} A
 * @param {(...args: A) => void} action
 * @param {number} delay
 * @returns {(...args: A) => void}
 */
export function debounce(action, delay) {
  let timer;
  return (...args) => {
    clearTimeout(timer);
    timer = setTimeout(() => action(...args), delay);
  };
}
